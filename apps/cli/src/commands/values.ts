/** `cpu or reference`, `none, linear or cosine`. */
const either = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`

/** Decoders of the values of options, and (`wrong`) what they found: one sentence for each value that cannot be used. */
export const valuesOf = () => {
  const wrong: string[] = []
  const integer = (option: string, text: string, from: number, to = Number.MAX_SAFE_INTEGER): number => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
    if (!(value >= from && value <= to))
      wrong.push(
        `${option} is "${text}"; it takes a whole number ${
          to === Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`
        }.`,
      )
    return value
  }
  const optional = (option: string, text: string | undefined, from: number, to?: number) =>
    text === undefined ? undefined : integer(option, text, from, to)
  const number = (option: string, text: string, isGood: (value: number) => boolean, what: string): number => {
    const value = text.trim() === '' ? NaN : Number(text)
    if (!(isGood(value) && Number.isFinite(value))) wrong.push(`${option} is "${text}"; it takes ${what}.`)
    return value
  }
  const positive = (option: string, text: string): number =>
    number(option, text, value => value > 0, 'a number above 0, such as 0.001 or 1e-3')
  const oneOf = <Name extends string>(option: string, text: string, names: readonly Name[]): Name => {
    const found = names.find(name => name === text)
    if (found === undefined) wrong.push(`${option} is "${text}"; it takes ${either(names)}.`)
    return found ?? names[0]
  }
  return { wrong, integer, optional, number, positive, oneOf }
}
