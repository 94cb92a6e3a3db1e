import { FIRST_PASS } from '../opcodes.js'
import { moduleOf } from './encoding.js'
import { functions, type FunctionName } from './lanes.js'
import { codeOf, passSignature, type Pass } from './pass.js'

/**
 * The module of a program's passes, over the memory that its kernels have; `isShared` as that memory is. FUSED and REDUCE call them by
 * their place in the list.
 */
export const passesModule = (passes: readonly Pass[], isShared: boolean): Uint8Array<ArrayBuffer> => {
  const called = new Map<FunctionName, number>()
  const indexOf = (name: FunctionName): number => {
    const index = called.get(name) ?? called.size
    called.set(name, index)
    return index
  }
  const globals = new Map<number, number>()
  const globalOf = (word: number): number => {
    const index = globals.get(word) ?? globals.size
    globals.set(word, index)
    return index
  }
  const made = passes.map(pass => codeOf(pass, { indexOf, globalOf }))
  const imports = [...called.keys()].map(name => ({ name, signature: functions[name] }))
  return moduleOf({
    ...{ functions: made, signature: passSignature, imports, globals: [...globals.keys()] },
    ...{ first: FIRST_PASS, isShared },
  })
}
