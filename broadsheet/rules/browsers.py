"""What a browser may do with an answer of the paper's, whoever gives it: Django, the edge or a file.

Content-Security-Policy is set with the settings; it differs between pages and the desk.
"""

# Nothing that a newspaper needs. What an embedded film needs (autoplay, fullscreen, encrypted-media)
# and what signing in needs (publickey-credentials-get) is left as browsers have it.
_OFF = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _OFF)
# Feed readers and aggregators show pictures in place, and what a style needs goes with them.
_EMBEDDED_ELSEWHERE = ("/media/", "/static/", "/favicon.ico", "/apple-touch-icon")


def resource_policy(path: str) -> str:
    """Return the Cross-Origin-Resource-Policy of what is at a path: who may embed it."""
    return "cross-origin" if path.startswith(_EMBEDDED_ELSEWHERE) else "same-origin"
