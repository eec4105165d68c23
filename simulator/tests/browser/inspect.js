const wrong = [];
const say = (ok, sentence) => { if (!ok) wrong.push(sentence); };
const all = selector => [...document.querySelectorAll(selector)];
const called = element => `<${element.tagName.toLowerCase()}> '${element.textContent.trim().slice(0, 40)}'`;

say(document.documentElement.lang, 'no lang');
say(document.title.trim(), 'no title');
say(all('h1').length === 1, `${all('h1').length} h1`);
say(all('main').length === 1, `${all('main').length} main landmarks`);
say(all('header').length === 1 && all('nav').length === 1 && all('footer').length === 1, 'no header, nav or footer');
const levels = all('h1, h2, h3, h4').map(heading => Number(heading.tagName[1]));
say(levels.every((level, at) => at === 0 ? level === 1 : level <= levels[at - 1] + 1), `headings out of order: ${levels}`);
for (const input of all('input:not([type=hidden])')) say(input.labels.length > 0, `no label for ${input.name}`);
for (const link of all('a, button')) say(link.textContent.trim(), 'a link or button without words');
for (const id of all('[aria-describedby]').flatMap(element => element.getAttribute('aria-describedby').split(' '))) {
  say(document.getElementById(id), `nothing has the id ${id}`);
}
const ids = all('[id]').map(element => element.id);
say(new Set(ids).size === ids.length, `an id twice in ${ids}`);

say(document.scripts.length === 0, 'a script element');
for (const element of all('*')) {
  for (const {name, value} of element.attributes) {
    say(!name.startsWith('on') && !value.trim().toLowerCase().startsWith('javascript:'), `script in ${name} of ${called(element)}`);
  }
}
say(performance.getEntriesByType('resource').filter(entry => !entry.name.startsWith('data:')).length === 0, 'something was loaded');

const root = document.documentElement;
say(root.scrollWidth <= root.clientWidth, `scrolls sideways: ${root.scrollWidth} in ${root.clientWidth} px`);
for (const stop of all('button, input, a.button')) {
  say(stop.getBoundingClientRect().height >= 24, `${called(stop)} is too small to hit`);
}

const readable = (element, color, words) => {
  const below = ground(element);
  const ratio = contrast(over(parse(color), below), below);
  say(ratio >= 4.5, `'${words.trim().slice(0, 40)}' has a contrast of ${ratio.toFixed(2)}`);
};
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let measured = 0;
while (texts.nextNode()) {
  const words = texts.currentNode.data;
  if (!words.trim()) continue;
  measured += 1;
  readable(texts.currentNode.parentElement, getComputedStyle(texts.currentNode.parentElement).color, words);
}
say(measured > 3, 'hardly any text');
for (const input of all('input')) {
  readable(input, getComputedStyle(input).color, input.value || input.name);
  if (input.placeholder) readable(input, getComputedStyle(input, '::placeholder').color, input.placeholder);
  say(contrast(parse(getComputedStyle(input).borderTopColor), ground(input)) >= 3, `the border of ${input.name} is too faint`);
}
return wrong;
