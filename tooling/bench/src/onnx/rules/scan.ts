import type { Program } from '@elbo/tensor'
import type { Named } from '../graph.js'
import { plain, type Rule, type Stored } from '../writing.js'

/**
 * A loop is an operator with a graph inside. Written out step by step, a step of training the GRU of the benchmarks takes as long, and the graph grows
 * with the number of steps.
 */
export const loop: Rule<'scan'> = (operands, { reverse, captured, carry }, writing, { outputs, body }) => {
  const { values, inputs } = body as Program
  const { graph, whole } = writing
  const outside = operands.slice(0, captured)
  const inner = graph.inner()
  const parameters: Named[] = values.slice(captured, inputs).map(spec => [inner.fresh(), spec])
  const inside = writing.inside(inner)
  const made = inside.inline(body as Program, [
    ...outside,
    ...parameters.map(([name, { shape }]): Stored => ({ name, shape })),
  ])
  const results: Named[] = made.map(operand => [
    inner.node('Identity', [inside.whole(operand)]),
    operand.spec,
  ])
  const backwards = (count: number): number[] => Array.from({ length: count }, () => Number(reverse))
  const names = graph.nodes(
    'Scan',
    operands.slice(captured).map(whole),
    {
      body: inner.finish(parameters, results),
      num_scan_inputs: inputs - captured - carry,
      scan_input_directions: backwards(inputs - captured - carry),
      scan_output_directions: backwards(outputs.length - carry),
    },
    outputs.length,
  )
  return names.map((name, i) => plain(name, outputs[i])[0])
}
