// A gallery as a strip: one picture at a time, by arrow keys, buttons or swipe (scroll snapping).
// Without this script it is a list of all pictures.
for (const gallery of document.querySelectorAll("[data-gallery]")) {
    const strip = gallery.querySelector("[data-gallery-strip]");
    const pictures = [...strip.children];
    const status = gallery.querySelector("[data-gallery-status]");
    const buttons = gallery.querySelectorAll("[data-gallery-step]");
    if (pictures.length < 2) continue;
    strip.tabIndex = 0;

    let shown = 0;
    let heading = null; // the picture that a step of ours is on its way to
    const tell = (position) => {
        if (position === shown) return;
        shown = position;
        for (const button of buttons) {
            const to = shown + Number(button.dataset.galleryStep);
            button.disabled = to < 0 || to >= pictures.length;
        }
        status.textContent = pictures[shown].querySelector("figcaption").textContent;
    };
    const nearest = () => {
        const middle = strip.scrollLeft + strip.clientWidth / 2;
        const away = (one) => Math.abs(one.offsetLeft - strip.offsetLeft + one.clientWidth / 2 - middle);
        return pictures.reduce((best, one, at) => (away(one) < away(pictures[best]) ? at : best), 0);
    };
    const show = (position) => {
        const to = Math.min(Math.max(position, 0), pictures.length - 1);
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        heading = to;
        strip.scrollTo({
            left: pictures[to].offsetLeft - pictures[0].offsetLeft,
            behavior: calm ? "instant" : "smooth",
        });
        tell(to);
    };

    let resting;
    strip.addEventListener("scroll", () => {
        clearTimeout(resting);
        resting = setTimeout(() => {
            const at = nearest();
            // On a slow machine the way there has pauses: the next step counts from its end.
            if (heading !== null && at !== heading) return;
            heading = null;
            tell(at);
        }, 80);
    }, { passive: true });
    for (const hand of ["pointerdown", "touchstart", "wheel"]) {
        strip.addEventListener(hand, () => { heading = null; }, { passive: true });
    }
    gallery.addEventListener("keydown", (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        const to = {
            ArrowLeft: shown - 1,
            ArrowRight: shown + 1,
            Home: 0,
            End: pictures.length - 1,
        }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        show(to);
    });
    for (const button of buttons) {
        button.addEventListener("click", () => {
            show(shown + Number(button.dataset.galleryStep));
            // A button that is used up hands the focus on, or the next key goes nowhere.
            if (button.disabled) strip.focus({ preventScroll: true });
        });
    }
}
