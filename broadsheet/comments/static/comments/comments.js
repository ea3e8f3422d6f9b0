// A thread: what is one's own in it, writing in place, and new comments that are announced and never
// push away what one reads. On a story's page it takes the place of the way to the thread.
// Without this script every act has a page of its own, to which its link leads.
{
    const EVERY = 10_000; // milliseconds between two looks for new comments
    const LONGEST = 120_000; // and after nothing came for a long time
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

    const send = async (address, facts) => {
        const answer = await fetch(address, {
            method: "POST",
            headers: { Accept: "application/json", "X-CSRFToken": me.csrf },
            body: new URLSearchParams(facts),
        });
        if (answer.status === 401) location.reload();
        return [await answer.json().catch(() => ({ error: "That didn’t work. Try again." })), answer];
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
                    const link = make("a", { href: `/comments/${comment.dataset.pk}/edit/` }, "Change");
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
            if (!answer.ok) return say(comment, told.error);
            valued = told.valued;
            show(valued, told.times);
        });
        link.replaceWith(button);
    };

    const say = (beside, words) => {
        beside.querySelector(":scope > .note")?.remove();
        const note = make("p", { className: "note", role: "status" }, words);
        beside.append(note);
        note.scrollIntoView({ block: "nearest" });
    };

    // Writing in place.
    const write = (link) => {
        const comment = link.closest(".comment");
        const around = comment ?? link.closest(".talk__write");
        const open = around.querySelector("form");
        if (open) return open.elements.text.focus();
        const label = comment ? `Your answer to ${comment.querySelector(".comment__name").textContent}` : "Your comment";
        const id = `text-${comment?.dataset.number ?? 0}`;
        const status = make("div", { role: "status" });
        const form = make(
            "form",
            { className: "form write write--here", noValidate: true },
            status,
            make("label", { htmlFor: id }, label),
            make("textarea", { id, name: "text", rows: 5, maxLength: 20_000, required: true }),
        );
        const fields = { key: crypto.randomUUID?.() ?? String(Math.random()).slice(2) };
        if (comment) fields.answers = comment.dataset.pk;
        else fields.story = talk.dataset.story;
        if (!me.comments.named) {
            const name = make("input", { id: `${id}-name`, name: "name", maxLength: 80, required: true, autocomplete: "name" });
            form.insertBefore(make("div", {}, make("label", { htmlFor: name.id }, "Your name, which stands beside it"), name), form.children[1]);
        }
        const post = make("button", { className: "button" }, "Post");
        const ask = make("button", { className: "button button--quiet", value: "ask", hidden: true }, "Ask a person to look");
        const preview = make("button", { className: "button button--quiet", value: "preview" }, "Preview");
        const close = make("button", { className: "link-button", type: "button" }, "Close");
        const follow = make("input", { type: "checkbox", id: `${id}-follow`, name: "follow" });
        form.append(
            make("p", { className: "choice" }, follow, make("label", { htmlFor: follow.id }, "Mail me the answers")),
            make("div", { className: "buttons" }, post, preview, ask, close),
        );
        close.addEventListener("click", () => {
            form.remove();
            link.focus();
        });
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            for (const one of [post, preview, ask]) one.disabled = true;
            const facts = { ...fields, ...Object.fromEntries(new FormData(form)), act: event.submitter?.value ?? "" };
            const [told, answer] = await send("/comments/write/", facts).catch(() => [{ error: "The paper can’t be reached. Your words are still here." }, {}]);
            for (const one of [post, preview, ask]) one.disabled = false;
            if (told.preview !== undefined) return status.replaceChildren(looks(told.preview));
            if (answer.status === 201) return posted(told, comment, form);
            status.replaceChildren(told.findings ? findings(told) : make("p", { className: "note note--error" }, told.error));
            ask.hidden = !told.findings;
            if (told.findings) {
                form.elements.text.value = told.text;
                post.textContent = "Post it as it is now";
            }
            status.firstChild.scrollIntoView({ block: "nearest" });
            (told.field === "name" ? form.elements.name : form.elements.text).focus({ preventScroll: true });
        });
        around.append(form);
        form.elements[me.comments.named ? "text" : "name"].focus();
    };

    const looks = (html) => {
        const text = make("div", { className: "comment__text" });
        text.innerHTML = html; // Cleaned where it was made (comments/markup.py).
        return make("section", { className: "preview" }, make("h3", { className: "findings__title" }, "So it will look"), text);
    };

    const findings = (told) => {
        const marked = make("p", { className: "findings__text" });
        marked.innerHTML = told.marked; // Escaped where it was made (comments/marking.py).
        return make(
            "section",
            { className: "findings" },
            make("h3", { className: "findings__title" }, "This can’t appear as it is"),
            make("p", { className: "findings__intro" }, "Nothing was posted. Mend what is marked and post it again, or ask a person to look."),
            marked,
            make("ol", { className: "findings__list" }, ...told.findings.map((one) => make("li", {}, make("b", {}, `${one.title}. `), one.explanation))),
        );
    };

    const posted = (told, comment, form) => {
        me.comments.named = true;
        const waits = [told.waits, told.warning].filter(Boolean).join(" ");
        const around = form.parentNode;
        form.remove();
        if (told.html) {
            talk.querySelector(".talk__none")?.remove();
            const item = make("li", { className: comment ? "" : "talk__one" });
            item.innerHTML = told.html; // As the thread's own page has it.
            if (comment) under(comment).append(item);
            else list().prepend(item);
            item.firstChild.classList.add("comment--new");
            own(item);
            item.firstChild.scrollIntoView({ block: "nearest" });
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
            for (const part of [".talk__list", ".talk__orders", ".talk__further", ".talk__none"]) {
                const [old, one] = [talk.querySelector(part), next.querySelector(part)];
                if (old && one) old.replaceWith(one);
                else if (old) old.remove();
                else if (one) talk.append(one);
            }
            talk.dataset.order = link.dataset.order;
            bar.replaceChildren();
            if (newest() === talk) learn(talk);
            talk.querySelector(`[data-order="${link.dataset.order}"]`)?.focus();
        } else if (link.dataset.under) {
            const one = link.closest(".talk__one");
            one.querySelector(".talk__answers").append(...[...next.querySelectorAll(".talk__answers > li")].filter((item) => !at(item.firstChild.dataset.number)));
            const further = next.querySelector(".talk__further a");
            if (further) Object.assign(link, { href: further.href, textContent: "More answers" });
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
        if (facts.name) me = facts;
    };

    const start = async () => {
        if (here.dataset.reader !== undefined) known = ask().catch(() => {});
        talk.addEventListener("click", clicked);
        if (newest() === talk) learn(talk);
        talk.querySelector(".talk__list")?.before(bar);
        if (!bar.parentNode) talk.append(bar);
        await known;
        own(talk);
        watch();
    };

    const below = document.querySelector("[data-below]");
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
            .catch(() => {});
    }
}
