export { Bernoulli } from './bernoulli.js'
export { Categorical } from './categorical.js'
export { Poisson } from './poisson.js'
