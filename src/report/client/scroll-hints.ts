/** Boxes that may be narrower than what they hold. */
const BOXES = '.scroll-x, .grid-table, .top nav';

/**
 * Fades the side of every box beyond which there is more to see, so that nobody takes a cut table for a whole one.
 *
 * @param scope - Whose boxes.
 */
export function setUpScrollHints(scope: ParentNode = document): void {
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) mark(target as HTMLElement);
  });
  for (const box of scope.querySelectorAll<HTMLElement>(BOXES)) {
    box.addEventListener('scroll', () => mark(box), { passive: true });
    resized.observe(box);
  }
}

function mark(box: HTMLElement): void {
  const left = box.scrollLeft;
  box.classList.toggle('more-left', left > 2);
  box.classList.toggle('more-right', left + box.clientWidth < box.scrollWidth - 2);
}
