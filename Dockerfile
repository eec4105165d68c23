# syntax=docker/dockerfile:1
# The operator's image: one binary on distroless, run as nobody, that writes to no file.
#
#   docker build -t guestlist .
#   docker build -t guestlist --build-arg RUST_IMAGE=... --build-arg RUNTIME_IMAGE=... .      from bases of your own
#   docker build -t guestlist --build-arg BINARY=given --build-arg GIVEN=path/to/guestlist .  with a binary built before

ARG RUST_IMAGE=docker.io/library/rust:1.95-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot
# Whose binary it is: `built` here, or `given` in the build context.
ARG BINARY=built

# Dependencies are built from a recipe that names only them, so a change of our own code builds only our own code.
FROM ${RUST_IMAGE} AS chef
# The tests go without the entropy that AWS-LC gathers by itself (.cargo/config.toml); what is shipped has it.
ENV AWS_LC_SYS_NO_JITTER_ENTROPY=0
RUN cargo install --locked cargo-chef@0.1.78 cargo-auditable@0.7.7
WORKDIR /src

FROM chef AS recipe
COPY . .
RUN cargo chef prepare --recipe-path /recipe.json

FROM chef AS built
COPY --from=recipe /recipe.json /recipe.json
RUN cargo chef cook --release --locked --package guestlist --recipe-path /recipe.json
COPY . .
# The list of dependencies goes into the binary itself, where scanners and SBOM tools find it.
RUN cargo auditable build --release --locked --package guestlist --bin guestlist && \
    mkdir /out && cp target/release/guestlist /out/guestlist

FROM scratch AS given
ARG GIVEN=target/release/guestlist
COPY ${GIVEN} /out/guestlist

FROM ${BINARY} AS binary

FROM ${RUNTIME_IMAGE}
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Guestlist" \
      org.opencontainers.image.description="Declares the guests of a Microsoft Entra tenant in Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/guestlist-dev/guestlist" \
      org.opencontainers.image.documentation="https://github.com/guestlist-dev/guestlist#readme" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=binary --chmod=0555 /out/guestlist /usr/local/bin/guestlist
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/guestlist"]
CMD ["run"]
