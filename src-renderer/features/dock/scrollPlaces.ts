/**
 * How far everything in an element is scrolled. What is moved within the page is at its top afterwards, and no event says
 * so: the function that is returned puts it back.
 */
export function scrollPlaces(root: Element): () => void {
  const places = [...root.querySelectorAll('*')]
    .map((element) => ({ element, top: element.scrollTop, left: element.scrollLeft }))
    .filter(({ top, left }) => top !== 0 || left !== 0);
  return () => {
    for (const { element, top, left } of places) element.scrollTo({ top, left, behavior: 'instant' });
  };
}
