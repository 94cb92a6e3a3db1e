export { Dirichlet } from './dirichlet.js'
export { MultivariateNormal } from './multivariate-normal.js'
