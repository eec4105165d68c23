const focused = document.activeElement;
if (!focused || focused === document.body || focused === document.documentElement) return {fits: false, stop: null, wrong: null};
const name = `${focused.tagName.toLowerCase()}#${focused.id} '${(focused.textContent || focused.value || '').trim()}'`;
const stops = [...document.querySelectorAll('a[href], button, input')];
const style = getComputedStyle(focused);
const box = focused.getBoundingClientRect();
let wrong = null;
if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) {
  wrong = `${name} has no visible ring: ${style.outline}`;
} else if (contrast(parse(style.outlineColor), ground(focused.parentElement)) < 3) {
  wrong = `the ring of ${name} is too faint: ${style.outlineColor}`;
} else if (box.width < 1 || box.height < 1 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) {
  wrong = `${name} is out of sight`;
}
return {fits: focused.matches(arguments[0]), stop: stops.indexOf(focused), wrong};
