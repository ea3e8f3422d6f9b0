// A thread: what is one's own in it, writing in place (and keeping what isn't posted yet), and new
// comments that are announced and never push away what one reads. On a story's page it takes the place of the way to the thread.
// Without this script every act has a page of its own, to which its link leads.
{
    const EVERY = 10_000; // milliseconds between two looks for new comments
    const LONGEST = 120_000; // and after nothing came for a long time
    const PATIENCE = 30_000; // for an answer to a form
    const page = new DOMParser();
    const here = document.documentElement;
    let talk = document.querySelector(".talk");
    let me = null;
    let known = Promise.resolve();
    let tag = "";

    const make = (name, facts = {}, ...inner) => {
        const made = document.createElement(name);
        for (const [key, value] of Object.entries(facts)) {
            if (key in made && key !== "list") made[key] = value;
            else made.setAttribute(key, value);
        }
        made.append(...inner);
        return made;
    };

    const get = async (address, more) => {
        const answer = await fetch(address, more);
        if (!answer.ok) throw new Error(answer.status);
        return [page.parseFromString(await answer.text(), "text/html"), answer];
    };

    const FAILED = "That didn’t work. Your words are still here: try again.";

    // Sends a form; an answer that isn't ours, or none, leaves the words where they are.
    const once = (address, facts) =>
        fetch(address, {
            method: "POST",
            headers: { Accept: "application/json", "X-CSRFToken": me.csrf },
            body: new URLSearchParams(facts),
            signal: AbortSignal.timeout(PATIENCE),
        }).then(async (answer) => [await answer.json().catch(() => ({ error: FAILED })), answer]);

    const send = async (address, facts) => {
        const [told, answer] = await once(address, facts);
        if (!told.stale) return [told, answer];
        // Signed in again in another tab: the same reader's words are sent once more, nobody else's.
        const before = me;
        await ask();
        const now = me;
        me = now?.comments.me === before.comments.me ? now : before;
        if (me === now) return once(address, facts);
        return [{ error: now ? `You’re signed in as ${now.name} now. Nothing was sent.` : "You’re signed out.", signed_out: !now }, answer];
    };

    // Words that aren't posted are kept in this tab, for whoever wrote them, until they are posted,
    // thrown away or their writer signs out. The cookie tells of signing out in any tab.
    const cookie = (name) => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1] ?? "";
    const drafts = {
        read(id) {
            let draft = null;
            try {
                draft = JSON.parse(sessionStorage.getItem(`draft ${id}`));
            } catch {
                // The browser keeps nothing, or somebody else's idea of a draft.
            }
            if (draft && (draft.out !== cookie("signed-out") || (draft.key && draft.key === cookie("posted")))) return drafts.drop(id);
            return draft;
        },
        write(id, fields) {
            const { csrfmiddlewaretoken, act, writer, ...kept } = fields;
            if (!(kept.text ?? "").trim() && !(kept.words ?? "").trim()) return drafts.drop(id);
            try {
                sessionStorage.setItem(`draft ${id}`, JSON.stringify({ ...kept, out: cookie("signed-out") }));
            } catch {
                // As much as was kept before stays.
            }
        },
        drop(id) {
            try {
                sessionStorage.removeItem(`draft ${id}`);
            } catch {
                // There is nothing to drop.
            }
            return null;
        },
        // Throws away what isn't to be kept any longer.
        sweep() {
            try {
                for (const key of Object.keys(sessionStorage)) if (key.startsWith("draft ")) drafts.read(key.slice(6));
            } catch {
                // The browser keeps nothing.
            }
        },
    };

    const fieldsOf = (form) => Object.fromEntries(new FormData(form));

    const fill = (form, draft) => {
        for (const field of form.querySelectorAll("textarea, input:not([type=hidden])")) {
            const value = draft[field.name];
            if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
            else if (value !== undefined) field.value = value;
        }
        if (draft.key && form.elements.key) form.elements.key.value = draft.key;
    };

    // Says by how much words are too long, while they are written.
    const measure = (field, longest) => {
        const over = [...field.value].length - longest;
        let note = field.nextElementSibling?.matches(".write__over") ? field.nextElementSibling : null;
        if (!note && over > 0) field.after((note = make("p", { className: "field__error write__over", role: "status" })));
        if (note) note.textContent = over > 0 ? `${over.toLocaleString("en")} character${over === 1 ? "" : "s"} too long` : "";
    };

    const keep = (form, id) => {
        form.addEventListener("input", ({ target }) => {
            drafts.write(id, fieldsOf(form));
            if (target.dataset.longest) measure(target, Number(target.dataset.longest));
        });
    };

    // The forms that have pages of their own.
    const pageForms = () => {
        for (const form of document.querySelectorAll("form[data-draft]")) {
            const id = form.dataset.draft;
            const fields = [...form.querySelectorAll("textarea")];
            const draft = drafts.read(id);
            if (form.dataset.filled !== undefined) drafts.write(id, fieldsOf(form));
            else if (draft && fields.every((field) => field.value === field.defaultValue)) {
                if (form.hidden) fields[0].value = draft.text;
                else fill(form, draft);
                if (fields.some((field) => field.value !== field.defaultValue)) {
                    form.hidden = false;
                    form.before(make("p", { className: "note", role: "status" }, "Your words are back. They aren’t posted yet."));
                }
            }
            keep(form, id);
        }
    };

    const at = (number, root = talk) => root.querySelector(`.comment[data-number="${number}"]`);

    // What is one's own: values given, muted readers, one's own comments.
    const own = (root) => {
        if (!me) return;
        const mine = me.comments;
        for (const comment of root.querySelectorAll(".comment[data-writer]")) {
            if (comment.dataset.own !== undefined) continue;
            const writer = comment.dataset.writer;
            comment.dataset.own = writer === mine.me ? "yes" : "";
            if (mine.muted.includes(writer)) {
                comment.replaceChildren(make("p", {}, "You muted the reader who wrote this."));
                comment.classList.add("comment--gone");
                continue;
            }
            if (writer === mine.me) {
                for (const link of comment.querySelectorAll("[data-value]")) link.replaceWith(...link.childNodes);
                const left = Number(comment.dataset.at) * 1000 + 300_000 - Date.now();
                if (left > 0) {
                    const link = make("a", { href: `/comments/${comment.dataset.pk}/edit/` }, "Edit");
                    const item = make("li", {}, link);
                    comment.querySelector(".comment__acts").prepend(item);
                    setTimeout(() => item.remove(), left);
                }
                continue;
            }
            for (const link of comment.querySelectorAll("a[data-value]")) value(comment, link);
        }
    };

    const value = (comment, link) => {
        const kind = link.dataset.value;
        const words = link.firstChild.data.trim();
        const button = make("button", { type: "button" });
        const show = (valued, times) => {
            button.setAttribute("aria-pressed", valued);
            button.replaceChildren(words);
            if (times) button.append(" ", make("b", { className: "comment__count" }, String(times)));
        };
        let valued = me.comments.valued.includes(`${comment.dataset.number} ${kind}`);
        show(valued, link.querySelector("b")?.textContent);
        button.addEventListener("click", async () => {
            const [told, answer] = await send(`/comments/${comment.dataset.pk}/value/`, { kind, valued: valued ? "no" : "yes" });
            if (!answer.ok) return say(comment, told.error, told.signed_out && link);
            valued = told.valued;
            show(valued, told.times);
        });
        link.replaceWith(button);
    };

    const say = (beside, words, link) => {
        beside.querySelector(":scope > .note")?.remove();
        const note = make("p", { className: "note", role: "status" }, words);
        if (link) note.append(" ", make("a", { href: link.href }, "Sign in"));
        beside.append(note);
        note.scrollIntoView({ block: "nearest" });
    };

    // Writing in place.
    const draftId = (comment) => `${me.comments.me} ${talk.dataset.story} ${comment?.dataset.pk ?? 0}`;
    const words = (link) => (link.dataset.act === "write" ? ["Write a comment", "Continue your comment"] : ["Reply", "Continue your reply"]);

    // A link to a form says whether there are words in it.
    const label = (link) => {
        const comment = link.closest(".comment");
        const text = words(link)[drafts.read(draftId(comment)) ? 1 : 0];
        link.textContent = text;
        if (comment) link.setAttribute("aria-label", `${text} to ${comment.querySelector(".comment__name").textContent}`);
    };

    const write = (link) => {
        const comment = link.closest(".comment");
        const around = comment ?? link.closest(".talk__write");
        const id = `text-${comment?.dataset.number ?? 0}`;
        const open = document.getElementById(id);
        if (open) return open.focus();
        const draft = drafts.read(draftId(comment));
        const status = make("div", { role: "status" });
        const title = make("label", { htmlFor: id }, comment ? `Your reply to ${comment.querySelector(".comment__name").textContent}` : "Your comment");
        const text = make("textarea", { id, name: "text", rows: 5, required: true });
        text.dataset.longest = me.comments.longest;
        const form = make("form", { className: "form write write--here", noValidate: true }, status, title, text);
        const fields = { writer: me.comments.me, key: draft?.key ?? crypto.randomUUID?.() ?? String(Math.random()).slice(2), story: talk.dataset.story };
        if (comment) fields.answers = comment.dataset.pk;
        let kept = draftId(comment);
        if (!me.comments.named) {
            const name = make("input", { id: `${id}-name`, name: "name", required: true, autocomplete: "name" });
            form.insertBefore(make("div", {}, make("label", { htmlFor: name.id }, "Your name, shown with your comments"), name), title);
        }
        const why = make("textarea", { id: `${id}-words`, className: "write__words", name: "words", rows: 3 });
        const asking = make("div", { hidden: true }, make("label", { htmlFor: why.id }, "To ask a person to look: why it should appear as it is"), why);
        const post = make("button", { className: "button" }, "Post");
        const ask = make("button", { className: "button button--quiet", value: "ask", hidden: true }, "Ask a person to look");
        const preview = make("button", { className: "button button--quiet", value: "preview" }, "Preview");
        const close = make("button", { className: "link-button", type: "button" }, "Close");
        const follow = make("input", { type: "checkbox", id: `${id}-follow`, name: "follow", value: "1" });
        form.append(
            asking,
            make("p", { className: "choice" }, follow, make("label", { htmlFor: follow.id }, "Email me replies")),
            make("div", { className: "buttons" }, post, preview, ask, close),
        );
        if (draft) {
            fill(form, draft);
            measure(text, me.comments.longest);
        }
        const save = () => drafts.write(kept, { ...fieldsOf(form), key: fields.key });
        form.addEventListener("input", () => {
            save();
            measure(text, me.comments.longest);
        });
        close.addEventListener("click", () => {
            form.remove();
            if (link.isConnected) label(link);
            link.focus();
        });
        const refused = (told) => {
            const note = make("p", { className: "note note--error" }, told.error, " ");
            if (told.signed_out) note.append(make("a", { href: comment ? `/comments/write/?answers=${comment.dataset.pk}` : link.href }, "Sign in"), " to post it. Your words are kept.");
            if (told.posted) note.append(make("a", { href: told.posted }, "See the first version"));
            if (told.key) fields.key = told.key;
            if (told.parent_gone) {
                drafts.drop(kept);
                delete fields.answers;
                kept = `${me.comments.me} ${talk.dataset.story} 0`;
                title.textContent = "Your comment";
                post.textContent = "Post as a new comment";
            }
            save();
            return note;
        };
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            const facts = { ...fieldsOf(form), ...fields, act: event.submitter?.value ?? "" };
            const busy = (is) => {
                for (const one of [post, preview, ask]) one.disabled = is;
                text.readOnly = is;
            };
            busy(true);
            status.replaceChildren(make("p", { className: "note" }, "Sending…"));
            const [told, answer] = await send("/comments/write/", facts).catch(() => [{ error: "No answer came. Your words are still here: try again. Nothing is posted twice." }, {}]);
            busy(false);
            if (told.preview !== undefined) return status.replaceChildren(looks(told));
            if (answer.status === 201) {
                drafts.drop(kept);
                if (link.isConnected) label(link);
                return posted(told, "answers" in fields ? comment : null, form);
            }
            if (told.findings) {
                text.value = told.text;
                post.textContent = "Post again";
                save();
            }
            status.replaceChildren(told.findings ? findings(told) : refused(told));
            if (told.findings) ask.hidden = asking.hidden = false;
            measure(text, me.comments.longest);
            status.firstChild.scrollIntoView({ block: "nearest" });
            (form.elements[told.field] ?? text).focus({ preventScroll: true });
        });
        around.append(form);
        form.elements[me.comments.named ? "text" : "name"].focus();
    };

    const looks = (told) => {
        const text = make("div", { className: "comment__text" });
        text.innerHTML = told.preview; // Cleaned where it was made (comments/markup.py).
        const section = make("section", { className: "preview" }, make("h3", { className: "findings__title" }, "Preview"), text);
        if (told.over) text.before(make("p", { className: "note note--error" }, "It is too long. Only what fits is shown here; all of it is in the form."));
        return section;
    };

    const findings = (told) => {
        const marked = make("p", { className: "findings__text" });
        marked.innerHTML = told.marked; // Escaped where it was made (comments/marking.py).
        return make(
            "section",
            { className: "findings" },
            make("h3", { className: "findings__title" }, "This can’t appear as it is"),
            make("p", { className: "findings__intro" }, "Nothing was posted. Fix what is marked, or ask a person to look."),
            marked,
            make("ol", { className: "findings__list" }, ...told.findings.map((one) => make("li", {}, make("b", {}, `${one.title}. `), one.explanation))),
        );
    };

    const posted = (told, comment, form) => {
        me.comments.named = true;
        const waits = [told.changed, told.waits, told.warning].filter(Boolean).join(" ");
        const around = form.parentNode;
        form.remove();
        if (told.html) {
            talk.querySelector(".talk__none")?.remove();
            const item = make("li", { className: comment ? "" : "talk__one" });
            item.innerHTML = told.html; // As the thread's own page has it.
            const before = at(told.number);
            // It may stand here already, from the first time that the form was sent.
            if (before) before.replaceWith(item.firstChild);
            else if (comment?.isConnected) under(comment).append(item);
            else list().prepend(item);
            const mine = at(told.number);
            mine.classList.add("comment--new");
            own(mine.parentNode);
            mine.scrollIntoView({ block: "nearest" });
        }
        if (waits || !told.html) say(around, waits);
    };

    const list = () => {
        let found = talk.querySelector(".talk__list");
        if (!found) talk.append((found = make("ol", { className: "talk__list" })));
        return found;
    };

    const under = (comment) => {
        const one = comment.closest(".talk__one");
        let answers = one.querySelector(".talk__answers");
        if (!answers) one.append((answers = make("ol", { className: "talk__answers" })));
        return answers;
    };

    // New comments. In another order than by age, those are new that the newest page didn't have before.
    let fresh = null;
    const seen = new Set();
    const learn = (root) => root.querySelectorAll(".comment[data-number]").forEach((one) => seen.add(one.dataset.number));
    const newest = () => (talk.dataset.order === "newest" ? talk : talk.querySelector('.talk__orders a[data-order="newest"]'));
    const bar = make("div", { className: "talk__new", role: "status" });

    const look = async () => {
        const [found, answer] = await get(talk.dataset.thread, { cache: "no-cache" });
        const now = answer.headers.get("ETag");
        if (now === tag) return false;
        tag = now;
        fresh = found.querySelector(".talk");
        const ones = [...fresh.querySelectorAll(".comment[data-pk]")];
        for (const one of ones) {
            // Numbers of readers who value a comment change where they stand.
            const old = at(one.dataset.number);
            for (const link of old && !me ? one.querySelectorAll("[data-value]") : []) {
                old.querySelector(`[data-value="${link.dataset.value}"]`)?.replaceWith(link.cloneNode(true));
            }
        }
        if (!seen.size) learn(fresh);
        const known = newest() === talk ? new Set() : seen;
        const fewer = ones.filter(({ dataset: { number } }) => !at(number) && !known.has(number)).length;
        if (!fewer || !newest()) return false;
        const button = make("button", { className: "button", type: "button" }, fewer === 1 ? "1 new comment" : `${fewer} new comments`);
        button.addEventListener("click", show);
        bar.replaceChildren(button);
        return true;
    };

    const show = async () => {
        let first = null;
        if (newest() !== talk) {
            await more(newest()).catch(() => location.assign(talk.dataset.thread));
            return;
        }
        for (const talked of [...fresh.querySelectorAll(".talk__one")].reverse()) {
            const root = at(talked.firstChild.dataset.number);
            if (!root) {
                list().prepend(talked);
                first = talked.firstChild;
                continue;
            }
            for (const item of talked.querySelectorAll(".talk__answers > li")) {
                if (at(item.firstChild.dataset.number)) continue;
                under(root).append(item);
                first ??= item.firstChild;
            }
        }
        talk.querySelector(".talk__none")?.remove();
        talk.querySelector(".talk__title").textContent = fresh.querySelector(".talk__title").textContent;
        bar.replaceChildren();
        own(talk);
        learn(talk);
        first?.scrollIntoView({ block: "center" });
        first?.querySelector("a")?.focus({ preventScroll: true });
    };

    const watch = () => {
        let wait = EVERY;
        const turn = async () => {
            if (document.visibilityState === "visible") {
                wait = (await look().catch(() => false)) ? EVERY : Math.min(wait * 1.15, LONGEST);
            }
            setTimeout(turn, wait);
        };
        document.addEventListener("visibilitychange", () => {
            wait = EVERY;
            if (document.visibilityState === "visible") look().catch(() => {});
        });
        setTimeout(turn, wait);
    };

    // Further pages, answers and orders, in place.
    const more = async (link) => {
        const [found] = await get(link.href);
        const next = found.querySelector(".talk");
        if (link.dataset.order) {
            const writing = [...talk.querySelectorAll(".comment > form")].map((form) => [form, form.parentNode.dataset.pk]);
            for (const part of [".talk__list", ".talk__orders", ".talk__further", ".talk__none"]) {
                const [old, one] = [talk.querySelector(part), next.querySelector(part)];
                if (old && one) old.replaceWith(one);
                else if (old) old.remove();
                else if (one) talk.append(one);
            }
            talk.dataset.order = link.dataset.order;
            // A reply that is being written goes where its comment stands now, or above all.
            for (const [form, pk] of writing) {
                const comment = talk.querySelector(`.comment[data-pk="${pk}"]`);
                if (comment) comment.append(form);
                else bar.after(form);
            }
            bar.replaceChildren();
            if (newest() === talk) learn(talk);
            talk.querySelector(`[data-order="${link.dataset.order}"]`)?.focus();
        } else if (link.dataset.under) {
            const one = link.closest(".talk__one");
            one.querySelector(".talk__answers").append(...[...next.querySelectorAll(".talk__answers > li")].filter((item) => !at(item.firstChild.dataset.number)));
            const further = next.querySelector(".talk__further a");
            if (further) Object.assign(link, { href: further.href, textContent: "More replies" });
            else link.parentNode.remove();
        } else {
            const added = [...next.querySelectorAll(".talk__one")].filter((one) => !at(one.firstChild.dataset.number));
            list().append(...added);
            const further = next.querySelector(".talk__further");
            if (further) link.closest(".talk__further").replaceWith(further);
            else link.closest(".talk__further").remove();
            added[0]?.querySelector("a")?.focus({ preventScroll: true });
        }
        own(talk);
    };

    const clicked = (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        const link = event.target.closest("a");
        if (!link) return;
        const act = link.dataset.act;
        if ((act === "write" || act === "answer") && here.dataset.reader !== undefined) {
            event.preventDefault();
            // Who signs in is known in a moment, if it isn't yet.
            // A form that nothing can be posted with isn't opened: its page says why.
            known.then(() => (me && !me.comments.barred ? write(link) : location.assign(link.href)));
        } else if (link.matches(".talk__orders a[data-order], .talk__more a[data-under], .talk__further a")) {
            event.preventDefault();
            more(link).catch(() => location.assign(link.href));
        } else if (link.dataset.to && at(link.dataset.to)) {
            event.preventDefault();
            at(link.dataset.to).scrollIntoView({ block: "center" });
            at(link.dataset.to).classList.add("comment--new");
        }
    };

    const ask = async () => {
        const answer = await fetch(`/you/state.json?story=${talk.dataset.story}`, { headers: { Accept: "application/json" } });
        const facts = await answer.json();
        me = facts.name ? facts : null;
    };

    const start = async () => {
        if (here.dataset.reader !== undefined) known = ask().catch(() => {});
        talk.addEventListener("click", clicked);
        if (newest() === talk) learn(talk);
        talk.querySelector(".talk__list")?.before(bar);
        if (!bar.parentNode) talk.append(bar);
        await known;
        own(talk);
        if (me) for (const link of talk.querySelectorAll("[data-act=write], [data-act=answer]")) label(link);
        watch();
    };

    const below = document.querySelector("[data-below]");
    drafts.sweep();
    pageForms();
    if (talk) start().catch(() => {});
    else if (below) {
        const style = make("link", { rel: "stylesheet", href: below.dataset.style });
        const styled = new Promise((done) => (style.onload = style.onerror = done));
        document.head.append(style);
        // Not before it can be shown as it stays.
        Promise.all([get(below.dataset.below), styled])
            .then(([[found, answer]]) => {
                tag = answer.headers.get("ETag");
                talk = found.querySelector(".talk");
                below.replaceWith(talk);
                return start();
            })
            // The place kept for a thread that doesn't come is given back.
            .catch(() => below.parentNode?.classList.add("story__talk--there"));
    }
}
