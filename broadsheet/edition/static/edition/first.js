// Before the first paint: whether somebody is signed in, so that nothing moves afterwards.
// The cookie is for display only and opens nothing.
{
    const root = document.documentElement;
    root.dataset.script = "";
    if (/(?:^|; )shown=[^;]/.test(document.cookie)) root.dataset.reader = "";
}
