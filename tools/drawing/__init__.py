"""The demo paper's pictures: drawn as SVG by the modules here, each picture a function."""
