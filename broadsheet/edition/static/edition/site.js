// What is personal on a page that is the same for everybody, from the cookie `shown`.
{
    const cookie = (name) => new RegExp(`(?:^|; )(?:__Host-)?${name}=([^;]*)`).exec(document.cookie)?.[1];
    const showLeft = (left) => {
        const words = Number.isInteger(left) ? `${left} left` : "";
        for (const place of document.querySelectorAll("[data-left]")) place.textContent = words;
    };
    let facts = {};
    try {
        facts = JSON.parse(decodeURIComponent(cookie("shown") ?? "{}"));
    } catch {
        // Not ours to mend: the page stays as it is for a visitor.
    }
    // `counted` (“3-10”) comes with a story that counts, so it is newer than `shown`, which takes it
    // away when it is written again. After the month has turned neither says anything.
    const [, read, allowance] = /^(\d+)-(\d+)$/.exec(cookie("counted") ?? "") ?? [];
    if (facts.until > Date.now() / 1000) showLeft(read ? Math.max(0, allowance - read) : facts.left);
    document.addEventListener("reader", (event) => showLeft(event.detail.left));
    // The menu of sections closes by Escape, by a click beside it and when the focus leaves it.
    const menu = document.querySelector("[data-menu]");
    if (menu) {
        const close = () => { menu.open = false; };
        document.addEventListener("keydown", (event) => {
            if (event.key !== "Escape" || !menu.open) return;
            close();
            menu.querySelector("summary").focus();
        });
        document.addEventListener("click", (event) => menu.contains(event.target) || close());
        menu.addEventListener("focusout", (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && close());
    }
    // The thread below a story is fetched when a reader starts down the page or it is near already.
    // On a slow line it comes while one looks at its place, which is kept free for it (site.css).
    const below = document.querySelector("[data-below]");
    if (below) {
        const fetchTalk = () => {
            watcher.disconnect();
            removeEventListener("scroll", fetchTalk);
            const script = Object.assign(document.createElement("script"), { src: below.dataset.code });
            script.onerror = giveUp;
            document.head.append(script);
        };
        const watcher = new IntersectionObserver(([one]) => one.isIntersecting && fetchTalk(), { rootMargin: "600px" });
        watcher.observe(below);
        addEventListener("scroll", fetchTalk, { passive: true });

        const place = below.closest("[data-talk]");
        const foot = document.querySelector(".foot");
        const giveUp = () => place.classList.add("story__talk--there");
        // What is left of the kept place goes when that moves nothing in sight.
        const settle = () => {
            const { bottom } = place.lastElementChild.getBoundingClientRect();
            if (below.isConnected || bottom < innerHeight) return;
            giveUp();
            removeEventListener("scroll", settle);
        };
        // A thread longer than its place pushes the foot away, and where that is in sight, the page with it.
        let height = 0;
        new ResizeObserver(() => { if (below.isConnected) height = place.offsetHeight; }).observe(place);
        new MutationObserver((changes, observer) => {
            observer.disconnect();
            const grown = place.offsetHeight - height;
            if (grown > 0 && foot.getBoundingClientRect().top - grown < innerHeight) scrollBy({ top: grown, behavior: "instant" });
            settle();
            addEventListener("scroll", settle, { passive: true });
        }).observe(place, { childList: true });
    }
}
// What one does with a story: copy its link, share it by the device's own sheet, set it larger.
document.querySelectorAll("[data-copy-link]").forEach((link) => {
    const address = document.querySelector("link[rel=canonical]").href;

    // Outside https the clipboard isn't given to scripts; there a field is copied from.
    const copy = async () => {
        if (navigator.clipboard) return navigator.clipboard.writeText(address);
        const field = Object.assign(document.createElement("textarea"), { value: address });
        document.body.append(field);
        field.select();
        const copied = document.execCommand("copy");
        field.remove();
        if (!copied) throw new Error("not copied");
    };
    const words = link.textContent;
    link.addEventListener("click", async () => {
        const copied = await copy().then(() => true, () => false);
        link.textContent = copied ? "Link copied" : address;
        if (copied) setTimeout(() => { link.textContent = words; }, 3000);
    });

    const share = document.querySelector("[data-share]");
    if (navigator.share) {
        share.hidden = false;
        // Whoever closes the sheet has shared nothing, which is no fault.
        share.addEventListener("click", () => navigator.share({ title: document.title, url: address }).catch(() => {}));
    }

    // Kept in the browser, and put back before the first paint by first.js.
    const root = document.documentElement;
    const sizes = ["", "large", "larger"];
    const button = document.querySelector("[data-set-text-size]");
    const tell = () => button.setAttribute("aria-label", `Text size: ${root.dataset.textSize || "normal"}`);
    button.addEventListener("click", () => {
        const size = sizes[(sizes.indexOf(root.dataset.textSize || "") + 1) % sizes.length];
        if (size) root.dataset.textSize = size;
        else delete root.dataset.textSize;
        tell();
        try {
            localStorage.setItem("text-size", size);
        } catch {
            // Kept for this page alone, where the browser keeps nothing.
        }
    });
    tell();
});
