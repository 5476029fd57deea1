import type { V1IngressClass } from '@kubernetes/client-node';
import type { IngressInfo } from '../../model/topology.ts';
import type { IngressController } from './controllers.ts';
import { controllerOf, isDefault, nameOf } from './known-controllers.ts';

type Found = Pick<IngressController, 'classes' | 'pods'>;

/** Whether a controller that was found says that it serves a class, or is called as that class' controller is. */
function isOf(found: Found, ofClass: V1IngressClass): boolean {
  const known = controllerOf(ofClass);
  return (
    found.classes?.includes(nameOf(ofClass)) === true ||
    (known !== undefined && found.pods.some(({ name }) => known.pods.test(name)))
  );
}

/** Why it may be that nobody serves an Ingress; undefined where somebody is to. */
function whyOf(
  { className, gateway }: Pick<IngressInfo, 'className' | 'gateway'>,
  classes: readonly V1IngressClass[],
  controllers: readonly Found[],
): string | undefined {
  if (gateway !== undefined) return undefined;
  if (className === undefined)
    return classes.length > 0 && !classes.some(isDefault)
      ? 'it names no class, and the cluster has no default one'
      : undefined;
  const own = classes.find((each) => nameOf(each) === className);
  if (!own) return `its class ${className} does not exist`;
  // Only where each that was found is known to be of another class is none left that may be this one's.
  const isTaken = (found: Found) => classes.some((each) => each !== own && isOf(found, each));
  return controllers.some((found) => isOf(found, own)) || !controllers.every(isTaken)
    ? undefined
    : `no controller of its class ${className} (${own.spec?.controller ?? ''}) was found`;
}

/** Says of each Ingress why it may be that no controller serves it. Without classes nothing is said. Pure. */
export const withUnserved = (
  ingresses: readonly IngressInfo[],
  classes: readonly V1IngressClass[] | undefined,
  controllers: readonly Found[],
): IngressInfo[] =>
  ingresses.map((ingress) => {
    const unserved = classes && whyOf(ingress, classes, controllers);
    return unserved === undefined ? ingress : { ...ingress, unserved };
  });
