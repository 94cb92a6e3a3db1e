import { describe, expect, it } from '@jest/globals'
import { constant, scalar } from '../ops/creation.js'
import { add, mul } from '../ops/elementwise.js'
import { sum } from '../ops/reduction.js'
import { scan } from '../ops/scan.js'
import { ndarray } from './ndarray.js'
import { print } from './print.js'
import type { Tensor } from './tensor.js'

/** Numbers in the order in which they come, so that a test does not depend on what was built before. */
const renumbered = (text: string): string => {
  const ids = new Map<string, number>()
  return text.replace(/%(\d+)/g, (_, id: string) => {
    if (!ids.has(id)) ids.set(id, ids.size)
    return `%${ids.get(id)}`
  })
}

describe('print', () => {
  it('shows one line for each node, inputs first, shared ones once', () => {
    const x = constant(ndarray([1, 2, 3, 4], [2, 2]))
    const y = add(x)(x)
    expect(renumbered(print(sum(1)(mul(x)(y)), y))).toBe(
      [
        '%0 = constant() : f32[2, 2]',
        '%1 = add(%0, %0) : f32[2, 2]',
        '%2 = mul(%1, %0) : f32[2, 2]',
        '%3 = sum(%2) {"axes":[1]} : f32[2]',
      ].join('\n'),
    )
  })

  it('numbers the outputs of nodes that have several', () => {
    const [last, all] = scan((c: Tensor<[]>) => [mul(2)(c), c] as const, { length: 3 })(scalar(1), [])
    const text = print(last, all)
    expect(text).toMatch(/%\d+\.0 = scan\(%\d+\) \{"length":3,.*\} : f32\[\]/)
    expect(text).toMatch(/%\d+\.1 = scan\(%\d+\) .* : f32\[3\]/)
  })

  it('prints chains longer than the stack is deep', () => {
    let value: Tensor<[]> = scalar(1)
    for (let i = 0; i < 20_000; i++) value = add(value)(value)
    expect(print(value).split('\n')).toHaveLength(20_001)
  })
})
