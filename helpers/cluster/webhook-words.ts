/** An admission webhook that the API server could not ask, by its own words. */
export interface UnaskedWebhook {
  name: string;
  /** Where it was asked. */
  host: string;
  service?: { namespace: string; name: string };
}

/** As the API server words it: failed calling webhook "NAME": failed to call webhook: Post "URL": why. */
export function webhookIn(message: string): UnaskedWebhook | undefined {
  const [, name] = /failed calling webhook "([^"]+)"/.exec(message) ?? [];
  if (name === undefined) return undefined;
  const [, host = ''] = /\b(?:Post|Get) "https?:\/\/([^/"\s?]+)/.exec(message) ?? [];
  const [, service, namespace] = /^([^.:]+)\.([^.:]+)\.svc(?::|$)/.exec(host) ?? [];
  return { name, host, ...(service && namespace && { service: { namespace, name: service } }) };
}
