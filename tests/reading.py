"""What a page is to its readers: requests, messages, findings of checkers, contrast in figures."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parent / "web"
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
VALIDATOR = WEB / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
RULES = WEB / "htmlvalidate.json"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
  return found.violations.map((one) => {
    const nodes = one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160));
    return `${one.id}: ${one.help}: ${nodes.join(' | ')}`;
  });
}"""
OPEN_ALL = """() => document.querySelectorAll('details').forEach((one) => {
  one.removeAttribute('name');
  one.open = true;
})"""
PLAIN = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll('.control, script').forEach((one) => one.remove());
  return copy.textContent.replace(/\\s+/g, ' ').trim();
}"""
# Words in a figure against what is painted under their middle and ends: 4.5, or 3 for large ones.
CONTRAST = """() => {
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const seen = (look) => look && look !== 'none' && !/^rgba\\(.*, 0\\)$/.test(look);
  const painted = (element) => {
    const style = getComputedStyle(element);
    if (element.closest('text, defs, clipPath, pattern') || !element.ownerSVGElement) return null;
    if (Number(style.fillOpacity) === 0) return null;
    if (style.fill.startsWith('url')) {
      const tile = document.getElementById(style.fill.match(/#([^")]+)/)[1]);
      const rect = tile && tile.querySelector('rect');
      return rect ? colour(getComputedStyle(rect).fill) : null;
    }
    return seen(style.fill) ? colour(style.fill).slice(0, 3) : null;
  };
  const bad = [];
  let count = 0;
  for (const text of document.querySelectorAll('svg text')) {
    if (!text.textContent.trim()) continue;
    text.scrollIntoView({ block: 'center', inline: 'center' });
    const box = text.getBoundingClientRect(), style = getComputedStyle(text);
    if (!box.width) continue;
    count += 1;
    const edged = seen(style.stroke) && parseFloat(style.strokeWidth) >= 1;
    const halo = edged ? colour(style.stroke).slice(0, 3) : null;
    for (const share of [0.1, 0.5, 0.9]) {
      const [x, y] = [box.left + box.width * share, box.top + box.height / 2];
      const under = document.elementsFromPoint(x, y).map(painted).find(Boolean);
      const [one, other] = [light(colour(style.fill)), light(halo || under || [255, 255, 255])];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      const enough = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
      if (ratio < enough) {
        bad.push(`${text.textContent} ${style.fill} on ${under}: ${ratio.toFixed(2)}`);
        break;
      }
    }
  }
  return { count, bad };
}"""
NAMELESS = """() => {
  const textOf = (id) => document.getElementById(id)?.textContent || '';
  const all = [...document.querySelectorAll('main svg, main img')];
  const seen = all.filter((one) => !one.closest('svg svg') && one.checkVisibility());
  return seen.map((one) => {
    if (one.tagName === 'IMG') return one.alt;
    const named = (one.getAttribute('aria-labelledby') || '').split(' ').map(textOf).join(' ');
    return named.trim() || one.getAttribute('aria-label') || '';
  });
}"""


def need_web():
    """Skip, by name, where the checkers of pages are not installed."""
    if not AXE.exists() or not VALIDATOR.exists():
        pytest.skip("npm で入れる axe-core と html-validate がないので、ページの検査を省きます")


def axe_findings(page):
    """Sentences of axe-core for a page that Chromium has open: WCAG 2.2 AA and best practice."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN_AXE, TAGS)


def html_findings(paths):
    """File -> messages of html-validate."""
    node = Path(sys.executable).with_name("node")
    node = str(node) if node.exists() else shutil.which("node")
    words = [node, str(VALIDATOR), "--config", str(RULES), "--formatter", "json", *map(str, paths)]
    with tempfile.TemporaryFile(
        "w+", encoding="utf-8"
    ) as told:  # node would cut a pipe short when it ends
        done = subprocess.run(
            words,
            stdout=told,
            stderr=subprocess.PIPE,
            text=True,
            cwd=WEB,
            env={**os.environ, "NO_COLOR": "1"},
        )
        told.seek(0)
        said = told.read()
    assert said.strip().startswith("["), done.stderr
    return {Path(path).name: [] for path in paths} | {
        Path(one["filePath"]).name: [
            f"{fault['ruleId']} {fault['line']}: {fault['message']}" for fault in one["messages"]
        ]
        for one in json.loads(said)
    }


def page_findings(visit, path, width):
    """Everything that is wrong with a page at a width, in sentences; nothing for a good page."""
    seen = visit(path, width=width)
    found = [f"asked for {url}" for url in seen.requests if url != path.resolve().as_uri()]
    found += [f"said {text}" for text in seen.messages]
    seen.page.evaluate(OPEN_ALL)
    found += [f"axe {text}" for text in axe_findings(seen.page)]
    names = seen.page.evaluate(NAMELESS)
    found += [
        f"figure {number} has no text of its own"
        for number, name in enumerate(names)
        if not name.strip()
    ]
    found += [
        f"figures share a text: {name[:80]}"
        for name in {name for name in names if names.count(name) > 1}
    ]
    contrast = seen.page.evaluate(CONTRAST)
    found += [f"contrast {text}" for text in contrast["bad"]]
    found += ["no word was found in any figure"] * (bool(names) and not contrast["count"])
    wide = seen.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return found + [f"the page is {wide} px wider than the window"] * (wide > 0)


def plain_text(visit, path, scripts):
    """All text of a page, without what its script adds."""
    return visit(path, scripts=scripts).page.evaluate(PLAIN)
