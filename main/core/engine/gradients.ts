import './gradients/elementwise.ts'
import './gradients/network.ts'
import './gradients/reduce.ts'
import './gradients/shape.ts'
import { registerGradients } from './gradients/register.ts'

registerGradients()

export { registerGradients }
