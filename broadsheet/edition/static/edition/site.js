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
    // The talk below a story is fetched when a reader starts down the page or it is near already:
    // early, because what comes while one looks at the place moves what stands below it.
    const below = document.querySelector("[data-below]");
    if (below) {
        const fetchTalk = () => {
            watcher.disconnect();
            removeEventListener("scroll", fetchTalk);
            document.head.append(Object.assign(document.createElement("script"), { src: below.dataset.code }));
        };
        const watcher = new IntersectionObserver(([one]) => one.isIntersecting && fetchTalk(), { rootMargin: "600px" });
        watcher.observe(below);
        addEventListener("scroll", fetchTalk, { passive: true });
    }
}
