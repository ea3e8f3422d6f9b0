// Passkeys: a form with data-passkey="get" or "create" asks the device, then sends what it answers.
// The options stand on the page (#passkey-options), or come from the form's own address.
{
    const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

    const asked = async (form) => {
        const here = document.getElementById("passkey-options");
        if (here) return JSON.parse(here.textContent).publicKey;
        const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error("no options");
        return (await answer.json()).request_options.publicKey;
    };

    const ask = async (form) => {
        const options = await asked(form);
        options.challenge = bytes(options.challenge);
        if (form.dataset.passkey === "create") {
            options.user.id = bytes(options.user.id);
            options.excludeCredentials = keys(options.excludeCredentials);
            return navigator.credentials.create({ publicKey: options });
        }
        options.allowCredentials = keys(options.allowCredentials);
        return navigator.credentials.get({ publicKey: options });
    };

    const plain = (credential) => {
        const response = {};
        for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
            if (credential.response[name]) response[name] = text(credential.response[name]);
        }
        return {
            id: credential.id,
            rawId: text(credential.rawId),
            type: credential.type,
            authenticatorAttachment: credential.authenticatorAttachment,
            clientExtensionResults: credential.getClientExtensionResults(),
            response,
        };
    };

    if (window.PublicKeyCredential) {
        for (const button of document.querySelectorAll("[data-passkey-button]")) button.hidden = false;
    }

    for (const form of document.querySelectorAll("form[data-passkey]")) {
        if (!window.PublicKeyCredential) continue;
        form.hidden = false;
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            let said = form.querySelector("[role=alert]");
            try {
                const credential = await ask(form);
                form.elements.credential.value = JSON.stringify(plain(credential));
                form.submit();
            } catch {
                if (!said) {
                    said = document.createElement("p");
                    said.className = "field__error";
                    said.setAttribute("role", "alert");
                    form.append(said);
                }
                said.textContent = "Your device didn’t go through with it. Try again, or choose another way.";
            }
        });
    }
}
