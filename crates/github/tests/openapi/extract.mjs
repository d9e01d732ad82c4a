// Takes what the tests need out of GitHub's published OpenAPI description:
//
//   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
//   node extract.mjs package > github.json
//
// It keeps the paths below with their parameters and the JSON schemas of their answers, leaves out texts and examples,
// and turns OpenAPI 3.0's `nullable` into JSON Schema. The package is under the MIT licence.
import { readFileSync } from "node:fs";

const PATHS = [
  "/user",
  "/users/{username}",
  "/user/orgs",
  "/user/repos",
  "/repos/{owner}/{repo}",
  ...["/user", "/users/{username}", "/orgs/{org}"].flatMap((owner) => [
    `${owner}/packages`,
    `${owner}/packages/{package_type}/{package_name}`,
    `${owner}/packages/{package_type}/{package_name}/versions`,
  ]),
];
const TEXTS = new Set(["description", "summary", "title", "example", "examples", "deprecated", "externalDocs"]);

const folder = process.argv[2];
const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
const description = JSON.parse(readFileSync(`${folder}/generated/api.github.com.json`, "utf8"));
const schemas = {};

const resolve = (value) =>
  value.$ref ? resolve(value.$ref.slice(2).split("/").reduce((at, part) => at[part], description)) : value;

// The names in `properties` are members of GitHub's answers, not words of JSON Schema.
function schema(value, inProperties = false) {
  if (Array.isArray(value)) return value.map((inner) => schema(inner));
  if (value === null || typeof value !== "object") return value;
  if (value.$ref && !inProperties) {
    const name = value.$ref.split("/").at(-1);
    if (!(name in schemas)) {
      schemas[name] = null;
      schemas[name] = schema(resolve(value));
    }
    return { $ref: `#/schemas/${name}` };
  }
  const kept = {};
  for (const [key, inner] of Object.entries(value)) {
    if (!inProperties && (TEXTS.has(key) || key === "nullable" || key.startsWith("x-"))) continue;
    kept[key] = schema(inner, !inProperties && key === "properties");
  }
  return !inProperties && value.nullable === true ? { anyOf: [{ type: "null" }, kept] } : kept;
}

const paths = {};
for (const path of PATHS) {
  const { get } = description.paths[path];
  const parameters = (get.parameters ?? []).map(resolve).map((parameter) => ({
    name: parameter.name,
    in: parameter.in,
    required: parameter.required ?? false,
    schema: schema(parameter.schema),
  }));
  const answers = {};
  for (const [status, answer] of Object.entries(get.responses)) {
    const content = resolve(answer).content?.["application/json"];
    answers[status] = content ? schema(content.schema) : null;
  }
  paths[path] = { parameters, answers };
}
const source = { package: "@octokit/openapi", version, license, file: "generated/api.github.com.json" };
const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(`${JSON.stringify({ source, paths, schemas: sorted }, null, 1)}\n`);
