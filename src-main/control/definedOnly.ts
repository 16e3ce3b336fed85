/** Without the keys whose value is undefined: the type that `exactOptionalPropertyTypes` asks for. */
export type DefinedOnly<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

export function definedOnly<Value extends object>(value: Value): DefinedOnly<Value> {
  // Object.fromEntries forgets which keys it was given.
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as DefinedOnly<Value>;
}
