// Finding, making and filling the elements of the page.

export const find = (id) => document.getElementById(id);

/** Make an element; strings become text, never markup. */
export function build(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Change a text only if it is another one, so that nothing is announced or selected anew. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const formatPercent = (share) => `${Math.round(100 * share)} %`;
