// The color of each category, whichever and however many there are: a class that sets --color.

const OTHER = "other";
// So many are chosen by hand in page.css; the rest are far apart from them and from one another.
const CHOSEN = 10;
const GOLDEN_ANGLE = 137.508;
const FIRST_HUE = 260;
const LIGHTNESSES = [0.6, 0.76, 0.45];

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);
let classNames = new Map();

/** Give each category a color: `other` the grey, each other one its own. Says if any has changed. */
export function assignColors(categories) {
  if (categories.join("\n") === [...classNames.keys()].join("\n")) return false;
  const colored = categories.filter((name) => name !== OTHER);
  classNames = new Map(categories.map((name) => [name, name === OTHER ? "c-other" : `c${colored.indexOf(name)}`]));
  for (let derived = sheet.cssRules.length; derived < colored.length - CHOSEN; derived++) {
    const hue = (FIRST_HUE + derived * GOLDEN_ANGLE) % 360;
    const lightness = LIGHTNESSES[derived % LIGHTNESSES.length];
    sheet.insertRule(`.c${CHOSEN + derived} { --color: oklch(${lightness} 0.1 ${hue}); }`, derived);
  }
  return true;
}

/** Name the class that sets the color of a category; empty for one that is not known yet. */
export const getColorClass = (category) => classNames.get(category) ?? "";
