/** Upper bounds of the latency histogram, seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What the runner has done, for Prometheus. */
export interface Metrics {
  /** A picture is through. @param result `ok`, or the code of its trouble. @param seconds From its arrival to its answer; of `ok` alone. */
  done(source: string, result: string, seconds?: number): void
  /** Everything as text exposition format 0.0.4. @param gauges Values of this moment, by name. */
  text(gauges: readonly Gauge[]): string
}
export interface Gauge {
  readonly name: string
  readonly help: string
  readonly value: number
  readonly type?: 'gauge' | 'counter'
  readonly labels?: Readonly<Record<string, string>>
}

export function openMetrics(): Metrics {
  const requests = new Map<string, number>()
  const buckets = bounds.map(() => 0)
  let [sum, count] = [0, 0]
  return {
    done: (source, result, seconds) => {
      const key = labelled({ source, result })
      requests.set(key, (requests.get(key) ?? 0) + 1)
      if (result !== 'ok' || seconds === undefined) return
      sum += seconds
      count++
      bounds.forEach((bound, i) => (buckets[i] += seconds <= bound ? 1 : 0))
    },
    text: (gauges) => [
      ...head('maskwright_requests_total', 'counter', 'Pictures by where they came from and what came of them.'),
      ...[...requests].map(([labels, value]) => `maskwright_requests_total${labels} ${value}`),
      ...head('maskwright_latency_seconds', 'histogram', 'From the arrival of a picture to its answer.'),
      ...bounds.map((bound, i) => `maskwright_latency_seconds_bucket{le="${bound}"} ${buckets[i]}`),
      `maskwright_latency_seconds_bucket{le="+Inf"} ${count}`, `maskwright_latency_seconds_sum ${sum}`, `maskwright_latency_seconds_count ${count}`,
      ...gauges.flatMap(({ name, help, value, type = 'gauge', labels = {} }) => [...head(name, type, help), `${name}${labelled(labels)} ${value}`]),
      '',
    ].join('\n'),
  }
}

const head = (name: string, type: string, help: string) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]

function labelled(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
