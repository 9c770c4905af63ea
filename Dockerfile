# The extractor command with all extras, as a user without rights:
#   docker build -t paperclaims . && docker run --rm paperclaims parse "LumoNet is 2x faster than TessaNet."
# scripts/check_wheel.py --extras all does the same steps without a container.
FROM python:3.12-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN wheel=$(ls /wheels/*.whl) && pip install --no-cache-dir "$wheel[all]" \
 && useradd --create-home reader && install --directory --owner=reader /work
USER reader
WORKDIR /work
EXPOSE 8765
ENTRYPOINT ["extractor"]
CMD ["--help"]
