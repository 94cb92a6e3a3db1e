import type { Program } from '../program.js'
import { rebuild } from '../rebuild.js'
import { describe } from '../structure.js'

/** Common subexpressions: the same work on the same values is done once. */
export const merge = (program: Program): Program => {
  const made = rebuild(program)
  const known = new Map<string, readonly number[]>()
  for (const instruction of program.instructions) {
    const inputs = instruction.inputs.map(value => made.at(value))
    const key = `${describe(instruction)}(${inputs.join()})`
    const before = known.get(key)
    if (before !== undefined) {
      instruction.outputs.forEach((value, i) => made.stand(value, before[i]))
      continue
    }
    made.copy(instruction)
    known.set(
      key,
      instruction.outputs.map(value => made.at(value)),
    )
  }
  return made.finish()
}
