import { cloneVNode, Comment, Fragment, type FunctionalComponent, type VNode } from 'vue';

/**
 * The one element or component in its slot, with the attributes and listeners that this is given, and none of its
 * own. A page has dozens of triggers: what each costs, its opening costs so many times.
 */
export const SlotElement: FunctionalComponent = (_properties, { attrs, slots }) => {
  const child = firstOf(slots['default']?.() ?? []);
  return child ? cloneVNode(child, attrs) : null;
};
SlotElement.inheritAttrs = false;

/** A slot that is handed on is a fragment around what is in it. */
function firstOf(nodes: readonly VNode[]): VNode | undefined {
  const first = nodes.find(({ type }) => type !== Comment);
  if (first?.type !== Fragment) return first;
  return firstOf(first.children as VNode[]); // a slot's fragment holds nodes
}
