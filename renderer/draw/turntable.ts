import {
  AmbientLight, Box3, BufferAttribute, BufferGeometry, DirectionalLight, DoubleSide, EdgesGeometry, Group, LineBasicMaterial, LineSegments, Mesh, MeshStandardMaterial,
  PerspectiveCamera, Quaternion, Scene, Sphere, Vector3, WebGLRenderer,
} from 'three'

/** Corners and triangles of one part, in one frame with the others. */
export interface Shape {
  readonly positions: Float32Array
  readonly indices: Uint32Array
}

export interface Turntable {
  /** Shows other shapes, each in a colour. */
  show(shapes: readonly Shape[], colours: readonly string[]): void
  /** Sets which direction of the shapes is up. */
  stand(up: readonly [number, number, number]): void
  turn(around: number, over: number): void
  resize(width: number, height: number): void
  close(): void
}

const bendDegrees = 30
/** Radians a second. */
const speed = 0.5

/**
 * A part on a turntable.
 *
 * @param still It turns only when asked.
 * @returns Nothing where the browser has no WebGL.
 */
export function openTurntable(canvas: HTMLCanvasElement, still: boolean): Turntable | undefined {
  const context = canvas.getContext('webgl2', { antialias: true, alpha: true })
  if (!context) return undefined
  const renderer = new WebGLRenderer({ canvas, context })
  const scene = new Scene()
  const camera = new PerspectiveCamera(30, 1, 0.1, 100)
  const table = new Group()
  const standing = new Group()
  const key = new DirectionalLight('#ffffff', 2.2)
  key.position.set(2, 4, 3)
  scene.add(new AmbientLight('#ffffff', 1.1), key, table.add(standing))
  let around = 0.6, over = 0.45, last = 0, frame = 0

  const draw = () => {
    table.rotation.y = around
    camera.position.set(0, 4.6 * Math.sin(over), 4.6 * Math.cos(over))
    camera.lookAt(0, 0, 0)
    renderer.render(scene, camera)
  }
  const spin = (now: number) => {
    around += last ? (speed * Math.min(100, now - last)) / 1000 : 0
    last = now
    draw()
    frame = requestAnimationFrame(spin)
  }
  const clear = () => {
    standing.traverse((thing) => {
      if (!(thing instanceof Mesh || thing instanceof LineSegments)) return
      thing.geometry.dispose()
      thing.material.dispose()
    })
    standing.clear()
  }
  if (!still) frame = requestAnimationFrame(spin)
  return {
    show(shapes, colours) {
      clear()
      const shown = new Group()
      shapes.forEach((shape, i) => shown.add(...solid(shape, colours[i % colours.length])))
      const { center, radius } = new Box3().setFromObject(shown).getBoundingSphere(new Sphere())
      shown.position.copy(center).multiplyScalar(-1 / (radius || 1))
      shown.scale.setScalar(1 / (radius || 1))
      standing.add(shown)
      draw()
    },
    stand(up) {
      standing.quaternion.copy(new Quaternion().setFromUnitVectors(new Vector3(...up), new Vector3(0, 1, 0)))
      draw()
    },
    turn(by, above) {
      cancelAnimationFrame(frame)
      around += by
      over = Math.min(1.5, Math.max(-1.5, over + above))
      draw()
    },
    resize(width, height) {
      camera.aspect = width / Math.max(1, height)
      camera.updateProjectionMatrix()
      renderer.setPixelRatio(window.devicePixelRatio)
      renderer.setSize(width, height, false)
      draw()
    },
    close() {
      cancelAnimationFrame(frame)
      clear()
      renderer.dispose()
    },
  }
}

/** The faces of a shape, and the edges at which it bends. */
function solid({ positions, indices }: Shape, colour: string) {
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(positions, 3))
  geometry.setIndex(new BufferAttribute(indices, 1))
  const faces = new Mesh(geometry, new MeshStandardMaterial({
    color: colour, roughness: 0.7, metalness: 0.1, flatShading: true, side: DoubleSide, polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1,
  }))
  return [faces, new LineSegments(new EdgesGeometry(geometry, bendDegrees), new LineBasicMaterial({ color: '#20252b' }))]
}
