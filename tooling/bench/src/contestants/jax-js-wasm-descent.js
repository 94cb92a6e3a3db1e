import { overWasm } from './jax-js.js'

export const prepare = overWasm('descent')
