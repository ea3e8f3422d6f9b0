// Before the first paint: whether somebody is signed in, so that nothing moves afterwards.
// The cookie is for display only and opens nothing.
{
    const root = document.documentElement;
    root.dataset.script = "";
    try {
        const size = localStorage.getItem("text-size");
        if (size) root.dataset.textSize = size;
    } catch {
        // A browser that keeps nothing shows the usual size.
    }
    if (/(?:^|; )shown=[^;]/.test(document.cookie)) {
        if (!("forVisitors" in root.dataset)) root.dataset.reader = "";
        // The wall for visitors, though somebody is signed in. Either the browser kept the page from
        // before, and the server has another one; or the server says again that nobody is.
        else if (performance.getEntriesByType("navigation")[0]?.type !== "reload") location.reload();
        else document.cookie = "shown=; Max-Age=0; Path=/";
    }
}
