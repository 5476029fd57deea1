# The runner as an image: docker buildx build --sbom=true --platform linux/amd64,linux/arm64 -t NAME .
# /app/sbom.cdx.json lists its npm packages (CycloneDX); --sbom=true attests those of the base as well.
FROM node:24-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund && npm pack --pack-destination /tmp \
  && mkdir /packed && tar -xzf /tmp/netwright-*.tgz -C /packed --strip-components 1 \
  && cp package-lock.json /packed/ && cd /packed && npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && npm pkg delete devDependencies && npm sbom --sbom-format=cyclonedx > sbom.cdx.json

FROM node:24-slim
COPY --from=build /packed /app
WORKDIR /tmp
USER 65532:65532
ENV HOME=/tmp NETWRIGHT_CACHE_DIR=/tmp/netwright
ENTRYPOINT ["node", "/app/bin/netwright.js"]
CMD ["run"]
