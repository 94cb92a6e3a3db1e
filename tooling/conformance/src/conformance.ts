import { run, type Backend, type BackendError, type Executed } from '@elbo/tensor'
import type { PrimitiveName } from '@elbo/tensor/internals'
import { beforeAll, describe, expect, it } from '@jest/globals'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Tolerance } from './agreement.js'
import { disagreeing, type Variant } from './batch.js'
import type { Case } from './case.js'
import { cases } from './cases/table.js'
import { pytorchTests } from './pytorch.js'
import { randomProgramTests } from './programs/tests.js'
import { sessionTests } from './sessions.js'
import { trapTests } from './traps.js'
import { wholeProgramTests } from './wholes.js'

export type OpenBackend = () => TaskEither<BackendError, Backend>

const variants: readonly Variant[] = [
  { about: 'as it stands', passes: [] },
  { about: 'optimised', passes: ['fold', 'merge', 'contract', 'prune', 'fuse'] },
  { about: 'on constants, folded', passes: ['fold'], asConstants: true },
]

/** So many cases make one program. */
const atOnce = 64

const made = new Map<PrimitiveName, readonly Case[]>()

/** The cases of a primitive, made once for all backends of a test file. */
const casesOf = (name: PrimitiveName): readonly Case[] => {
  const all = made.get(name) ?? cases[name].cases()
  made.set(name, all)
  return all
}

export const primitiveTests = (
  backend: () => Backend,
  tolerance?: Tolerance,
  ways: readonly Variant[] = variants,
): void => {
  describe('means by each primitive what its row means', () => {
    it.each(Object.keys(cases) as PrimitiveName[])('%s', async name => {
      const { agreement } = cases[name]
      const all = casesOf(name)
      expect(all.length).toBeGreaterThan(0)
      const wrong: string[] = []
      for (const variant of ways) {
        for (let from = 0; from < all.length && wrong.length < 20; from += atOnce) {
          const found = await disagreeing(backend(), all.slice(from, from + atOnce), agreement, {
            ...variant,
            tolerance,
          })
          wrong.push(...found.map(text => `${variant.about}: ${text}`))
        }
      }
      expect(wrong.slice(0, 20)).toEqual([])
    })
  })
}

export interface ConformanceOptions {
  /** What a session must say that it runs on: a backend that falls back in silence is not the one under test. */
  readonly executed: Executed
  /** What the device may do besides what the rows admit: nothing. */
  readonly tolerance?: Tolerance
  /** Whether each primitive runs in every way (true), or after the optimiser alone: where compiling a kernel is slow. */
  readonly everyWay?: boolean
  /** Whether random programs run too (true); where another opening has this one among those alike, they have. */
  readonly randomPrograms?: boolean
  /** Other ways of opening the backend, by what is different about them: all must give the same bits. */
  readonly alike?: Readonly<Record<string, OpenBackend>>
}

/** Registers the suite for a backend. */
export const conformance = (
  name: string,
  open: OpenBackend,
  { executed, tolerance, alike = {}, everyWay = true, randomPrograms = true }: ConformanceOptions,
): void => {
  describe(`conformance of ${name}`, () => {
    let backend: Backend
    beforeAll(async () => {
      backend = await run(open())
    })
    primitiveTests(
      () => backend,
      tolerance,
      everyWay ? variants : variants.filter(({ about }) => about === 'optimised'),
    )
    wholeProgramTests(() => backend, tolerance)
    pytorchTests(() => backend)
    trapTests(() => backend)
    if (randomPrograms) randomProgramTests(() => backend, alike)
    sessionTests(() => backend, executed)
  })
}
