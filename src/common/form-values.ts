/** Values by name, as a form or a query has them: texts, several of a name. */
export type Texts = ReadonlyMap<string, readonly string[]>;

/** How much of a form or a query is a field's value: of a name the last text, all of them, or what stands below the name. */
export type Shape = 'text' | 'list' | 'object';

const textsByObject = new WeakMap<object, Texts>();

/** All values of an object that was read from a form or a query; `undefined`: it was not. */
export const textsOf = (object: object): Texts | undefined => textsByObject.get(object);

/** Texts as an object, for whoever reads one: of a repeated name the last text counts. `textsOf` has them all. */
export function objectOf(texts: Texts): Record<string, string> {
  const object = Object.create(null) as Record<string, string>;
  for (const [name, values] of texts) object[name] = values.at(-1) ?? '';
  textsByObject.set(object, texts);
  return object;
}

/** What texts say of a field, its parts named as Django REST Framework has them in forms; `undefined`: nothing. */
export function valueIn(texts: Texts, name: string, shape: Shape): unknown {
  const values = texts.get(name);
  if (shape === 'list') return values ?? itemsOf(name, texts);
  return (shape === 'object' ? partsOf(name, texts) : undefined) ?? values?.at(-1);
}

/** `name[0]=…&name[1]=…`, in the order of the numbers. `name[0]part=…` is an object, for the field to refuse. */
function itemsOf(name: string, texts: Texts): unknown[] | undefined {
  const items = new Map<bigint, unknown>();
  for (const [below, values] of textsBelow(`${name}[`, texts)) {
    const [, index, part] = /^(\d+)\](.*)$/s.exec(below) ?? [];
    if (index !== undefined) items.set(BigInt(index), part ? { [part]: values.at(-1) } : values.at(-1));
  }
  return items.size > 0 ? [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item) : undefined;
}

/** `name.part=…`, an object of the texts below the name. */
function partsOf(name: string, texts: Texts): object | undefined {
  const parts = textsBelow(`${name}.`, texts);
  return parts.size > 0 ? objectOf(parts) : undefined;
}

function textsBelow(start: string, texts: Texts): Texts {
  const below = [...texts].filter(([name]) => name.startsWith(start) && name.length > start.length);
  return new Map(below.map(([name, values]) => [name.slice(start.length), values]));
}
