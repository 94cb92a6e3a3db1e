import { describe, expect, it } from '@jest/globals'
import type { Tensor } from '../../graph/tensor.js'
import { matmul } from '../../ops/products.js'
import { tanh } from '../../ops/functions.js'
import { scan } from '../../ops/scan.js'
import { optimise } from '../../program/optimise.js'
import { trace } from '../../program/trace.js'
import { profile } from './profile.js'

describe('profile', () => {
  it('tells the commands of a plan, those of loops with all of their turns', async () => {
    const step = ({ w, h }: { w: Tensor<[8, 8]>; h: Tensor<[4, 8]> }) =>
      [
        { w, h: scan((c: Tensor<[4, 8]>) => [tanh(matmul(w)(c)), []] as const, { length: 5 })(h, [])[0] },
        {},
      ] as const
    const array = (rows: number) => ({
      data: Float32Array.from({ length: rows * 8 }, (_, i) => Math.sin(i)),
      shape: [rows, 8],
      dtype: 'f32' as const,
    })
    const state = { w: array(8), h: array(4) } as const
    const { program } = trace(step as never, { state, inputs: {} })
    const times = await profile(optimise(program), [state.w, state.h], [], 3)
    const found = new Map(times.map(({ command, times: count }) => [command, count]))
    expect(found.get('MATMUL')).toBe(5)
    expect(found.get('FUSED')).toBe(5)
    for (const { milliseconds } of times) expect(milliseconds).toBeGreaterThanOrEqual(0)
  })
})
