export {
  fanInUniform,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  zeros,
  type Fan,
  type Initialiser,
} from './initialisers.js'
export { followedBy, type Layer, type Rows } from './layer.js'
export { linear, type LinearOptions, type LinearParameters } from './linear.js'
export { mlp, type Mlp, type MlpOptions, type MlpParameters, type Network, type Widths } from './mlp.js'
export { sequence } from './sequence.js'
