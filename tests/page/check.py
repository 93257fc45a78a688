"""Opens pages in a browser and says what is wrong with them: check.py PICTURES PAGE…"""

import base64
import sys
from pathlib import Path

from browser import Browser

SIZES = {"desk": (1280, 900), "phone": (360, 740)}
SCHEMES = ["light", "dark"]

# All details open, as a reader may have them.
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"

# Texts of one chart that overlap, or that the chart cuts off.
CHARTS = """
(() => {
  const faults = [];
  for (const svg of document.querySelectorAll('.chart svg')) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const name = svg.getAttribute('aria-label');
    const boxes = [...svg.querySelectorAll('text')].map(text => [text, text.getBoundingClientRect()]);
    for (const [text, box] of boxes) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
          box.top < frame.top - 2 || box.bottom > frame.bottom + 2) {
        faults.push(`${name}: "${text.textContent}" is cut off`);
      }
    }
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length; j++) {
        const [a, b] = [boxes[i][1], boxes[j][1]];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 4) {
          faults.push(`${name}: "${boxes[i][0].textContent}" and ` +
            `"${boxes[j][0].textContent}" overlap`);
        }
      }
    }
  }
  return [...new Set(faults)];
})()
"""

# The page must not be wider than the window; what is wider scrolls by itself.
WIDTH = "document.documentElement.scrollWidth - window.innerWidth"

# Text against what lies behind it (WCAG 2.2, 1.4.3), outside of charts.
CONTRAST = """
(() => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', {willReadFrequently: true});
  const read = colour => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const faults = new Set();
  for (const node of document.querySelectorAll('body *')) {
    if (node.closest('svg')) continue;
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    if (!own) continue;
    let behind = node, ground = [0, 0, 0, 0];
    while (behind && (ground = read(getComputedStyle(behind).backgroundColor))[3] === 0) {
      behind = behind.parentElement;
    }
    const [a, b] = [light(read(getComputedStyle(node).color)), light(ground)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) {
      faults.add(`${node.tagName} "${node.textContent.slice(0, 30)}": contrast ${contrast.toFixed(2)}`);
    }
  }
  return [...faults];
})()
"""


def complaints(events):
    """What the browser says about a page that it loaded, and whatever the page asked for."""
    for event in events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield f"exception: {parameters['exceptionDetails'].get('text')}"
        if method == "Runtime.consoleAPICalled":
            yield f"console: {parameters['args']}"
        if method == "Log.entryAdded":
            yield f"log: {parameters['entry']['text']}"
        if method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not url.startswith(("file:", "data:")):
                yield f"asks for {url}"


def picture(browser, path, height):
    taken = browser.call(
        "Page.captureScreenshot",
        format="png",
        captureBeyondViewport=True,
        clip={"x": 0, "y": 0, "width": browser.width, "height": height, "scale": 1},
    )
    path.write_bytes(base64.b64decode(taken["data"]))


def look(browser, page, pictures):
    """Everything that is wrong with a page."""
    url = page.resolve().as_uri()
    for scheme in SCHEMES:
        browser.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        for size, (width, height) in SIZES.items():
            browser.width = width
            browser.call(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=height,
                deviceScaleFactor=1,
                mobile=size == "phone",
            )
            where = f"{page.name}, {scheme}, {size}"
            requests = 0
            for event in browser.open(url):
                requests += event.get("method") == "Network.requestWillBeSent"
                yield from (f"{where}: {fault}" for fault in complaints([event]))
            name = f"{page.parent.parent.name}-{page.stem}-{scheme}-{size}"
            tall = browser.evaluate("document.documentElement.scrollHeight")
            picture(browser, pictures / f"{name}.png", min(tall, 16000))
            browser.evaluate(OPEN)
            if (wider := browser.evaluate(WIDTH)) > 0:
                yield f"{where}: {wider} pixels wider than the window"
            for fault in browser.evaluate(CHARTS) + browser.evaluate(CONTRAST):
                yield f"{where}: {fault}"
            dark = browser.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            if (scheme == "dark") != (dark == "rgb(26, 26, 25)"):
                yield f"{where}: the ground is {dark}"
    printed = browser.call("Page.printToPDF", printBackground=True)["data"]
    (pictures / f"{page.parent.parent.name}-{page.stem}.pdf").write_bytes(base64.b64decode(printed))


def main():
    pictures, *pages = map(Path, sys.argv[1:])
    faults = []
    with Browser() as browser:
        for page in pages:
            faults += look(browser, page, pictures)
    print(f"{len(pages)} pages in {len(SCHEMES)} schemes and {len(SIZES)} sizes: ", end="")
    print("\n".join(["", *faults]) if faults else "no fault")
    sys.exit(bool(faults))


main()
