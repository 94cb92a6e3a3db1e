import { describe, expect, it } from '@jest/globals'
import { add, constant, evaluate, ndarray, ShapeError, tensor } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import { ParameterError, violated, violations } from '../parameters.js'
import { lifted, type Fixture } from './fixtures.testing.js'
import type { Numbers } from './mistakes.testing.js'
import type { Row } from './table.testing.js'

const isNumber = (value: Numbers): value is number => typeof value === 'number'
const flat = (value: Numbers): readonly number[] => (isNumber(value) ? [value] : value.flatMap(flat))

/** A value as an error writes it. */
const written = (value: Numbers): string => (isNumber(value) ? String(value) : `[${flat(value).join(', ')}]`)

/** The same value with NaN as its first number. */
const withNaN = (value: Numbers): Numbers =>
  isNumber(value) ? NaN : ([withNaN(value[0]), ...value.slice(1)] as Numbers)

/** As a result of a computation, which has no value yet. */
const traced = (value: Numbers): Real => add(0)(tensor(value as number))

/** A parameter once more along a new first axis. */
const repeated = (value: Numbers, times: number): Real => {
  const { shape } = tensor(value as number) as Real
  const data = Array.from({ length: times }, () => flat(value)).flat()
  return constant(ndarray(data, [times, ...shape]))
}

const errorOf = (build: () => unknown): unknown => {
  try {
    build()
  } catch (error) {
    return error
  }
  throw new Error('no error')
}

/**
 * What a family says of parameters that it does not admit: each error names the parameter, the constraint and the value, when it is built from
 * data; where parameters are computed, `violations` says the same when they are known.
 */
export const refusesMistakes = (
  family: string,
  { build, mistakes }: Row,
  fixtures: readonly Fixture[],
): void => {
  const names = [...new Set(fixtures.flatMap(({ parameters }) => Object.keys(parameters)))]

  it('has mistakes for every parameter', () => expect(Object.keys(mistakes).sort()).toEqual(names.sort()))

  describe.each(Object.entries(mistakes))('mistakes in %s', (name, { must, not, of = family }) => {
    const given = fixtures.filter(({ parameters }) => name in parameters).map(({ parameters }) => parameters)
    const own = given[0][name]
    /** The other parameters beside a value, of one size with it. */
    const beside = (value: Numbers): Fixture['parameters'] =>
      given.find(parameters => flat(parameters[name]).length === flat(value).length) ?? given[0]
    const areNumbers = isNumber(not.at(0) ?? own)
    const cases = [...not, areNumbers ? NaN : withNaN(own)].map(value => [written(value), value] as const)

    it.each(cases)('%s, as data', (text, value) => {
      const error = errorOf(() => build({ ...beside(value), [name]: value }))
      expect(error).toBeInstanceOf(ParameterError)
      expect(error).toMatchObject({
        message: `${of}: ${name} must be ${must}, but is ${text}`,
        ...{ family: of, parameter: name, value: isNumber(value) ? value : flat(value) },
      })
    })

    it.each(cases)('%s, when it is computed', async (text, value) => {
      const d = build({ ...lifted(beside(value)), [name]: traced(value) })
      expect(violated(await evaluate(violations(d)))).toContain(
        `${of}: ${name} must be ${must}, but is ${text} (1 of its values)`,
      )
    })

    if (!areNumbers)
      it('a number in place of an array', () => {
        const error = errorOf(() => build({ ...given[0], [name]: 1 }))
        expect(error).toEqual(new ShapeError(`${of}: ${name} must be ${must}, but has shape []`))
      })
  })

  const [first, second] = Object.keys(fixtures[0].parameters)
  if (second !== undefined)
    it('batches that do not broadcast', () => {
      const { parameters } = fixtures[0]
      const error = errorOf(() =>
        build({
          ...parameters,
          [first]: repeated(parameters[first], 2),
          [second]: repeated(parameters[second], 3),
        }),
      )
      expect(error).toBeInstanceOf(ShapeError)
      // It names whose they are, and both batches.
      expect(String(error)).toMatch(/^ShapeError: [A-Z]\w+: .*(\[2\b.*\[3\b|\[3\b.*\[2\b)/)
    })
}
