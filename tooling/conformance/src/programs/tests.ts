import { passNames, run, type Backend, type PassName } from '@elbo/tensor'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { OpenBackend } from '../conformance.js'
import { randomProgram } from './arbitrary.js'
import { instructionsAgainstRows, runAll, unequalBits } from './run.js'

/** `ELBO_CONFORMANCE_RUNS=1000` runs longer, `ELBO_CONFORMANCE_SEED=7` elsewhere. What fails is printed with its seed and path. */
const numRuns = Number(process.env['ELBO_CONFORMANCE_RUNS'] ?? 300)
const seed = Number(process.env['ELBO_CONFORMANCE_SEED'] ?? 20_261_122)
const parameters = { numRuns, seed }
/** Opening takes longest where threads start. */
const fewer = { numRuns: Math.ceil(numRuns / 3), seed }
const timeout = 60_000 + 1000 * numRuns

const subsets: readonly (readonly [about: string, passes: readonly PassName[]])[] = [
  ['all passes', passNames],
  ...passNames.map(name => [`${name} alone`, [name]] as const),
]

/** Registers the properties of random programs: with each pass and each way of opening the backend, the same bits. */
export const randomProgramTests = (
  backend: () => Backend,
  alike: Readonly<Record<string, OpenBackend>>,
): void => {
  it(
    'gives the same bits for random programs whichever passes run',
    () =>
      fc.assert(
        fc.asyncProperty(randomProgram, async random => {
          const plain = await runAll(backend(), random, [])
          for (const [about, passes] of subsets) {
            const different = unequalBits(plain, await runAll(backend(), random, passes), random.program)
            if (different !== undefined) throw new Error(`${about}: ${different}`)
          }
        }),
        parameters,
      ),
    timeout,
  )

  for (const [about, open] of Object.entries(alike)) {
    it(
      `gives the same bits for random programs ${about}`,
      async () => {
        const other = await run(open())
        await fc.assert(
          fc.asyncProperty(randomProgram, fc.constantFrom(...subsets), async (random, [name, passes]) => {
            const [a, b] = [await runAll(backend(), random, passes), await runAll(other, random, passes)]
            const different = unequalBits(a, b, random.program)
            if (different !== undefined) throw new Error(`${name}: ${different}`)
          }),
          fewer,
        )
      },
      timeout,
    )
  }

  it(
    'means by every instruction of random programs what its row means',
    () =>
      fc.assert(
        fc.asyncProperty(randomProgram, async random => {
          expect(await instructionsAgainstRows(backend(), random)).toEqual([])
        }),
        parameters,
      ),
    timeout,
  )
}
