const [quote, backslash, colon] = ['"', '\\', ':']

/** Where the string that begins at `start` ends: after its closing quote. */
const afterString = (text: string, start: number): number => {
  let at = start + 1
  while (text[at] !== quote) at += text[at] === backslash ? 2 : 1
  return at + 1
}

const afterSpace = (text: string, start: number): number => {
  let at = start
  while (text[at] <= ' ') at += 1
  return at
}

/**
 * The first key that stands twice in one record of a JSON text, or nothing. `JSON.parse` has no complaint about such a text, and each reader
 * takes another of the values; the format forbids it.
 *
 * @param text must be JSON.
 */
export const repeatedKey = (text: string): string | undefined => {
  // Text nests as deeply as it likes, so what is open stands in a list, not on the stack. An array has no keys.
  const open: (Set<string> | undefined)[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at]
    if (character === quote) {
      const end = afterString(text, at)
      if (text[afterSpace(text, end)] === colon) {
        const key = JSON.parse(text.slice(at, end)) as string
        const keys = open.at(-1)
        if (keys?.has(key) === true) return key
        keys?.add(key)
      }
      at = end
      continue
    }
    if (character === '{') open.push(new Set())
    else if (character === '[') open.push(undefined)
    else if (character === '}' || character === ']') open.pop()
    at += 1
  }
  return undefined
}
