export { Beta } from './beta.js'
export { Gamma } from './gamma.js'
export { Normal } from './normal.js'
export { Uniform } from './uniform.js'
