// What is said about wrong keys of a service, to the letter.
#include <gtest/gtest.h>

#include "model/spec_testing.h"

namespace hancock::model {
namespace {

TEST(ServiceSpec, image_needs_a_tag_or_a_digest) {
  expect_refusals(
      whole,
      {
          {"app: a\nservices: {web: {image: ''}}\n",
           R"(2: services.web.image: "": must be an image with a tag or a digest, like 127.0.0.1:5000/shop:1 or shop@sha256:<64 hex digits>)"},
          {"app: a\nservices: {web: {image: shop}}\n",
           "2: services.web.image: shop: must be an image with a tag or a digest, like 127.0.0.1:5000/shop:1 "
           "or shop@sha256:<64 hex digits>"},
          {"app: a\nservices: {web: {image: Shop:1}}\n",
           "2: services.web.image: Shop:1: must be an image with a tag or a digest, like "
           "127.0.0.1:5000/shop:1 or shop@sha256:<64 hex digits>"},
          {"app: a\nservices: {web: {image: $HANCOCK_IMAGES/shop:1}}\n",
           "2: services.web.image: $HANCOCK_IMAGES/shop:1: must be an image with a tag or a digest, like "
           "127.0.0.1:5000/shop:1 or shop@sha256:<64 hex digits>"},
          {"app: a\nservices: {web: {image: shop@sha256:12}}\n",
           "2: services.web.image: shop@sha256:12: must be an image with a tag or a digest, like "
           "127.0.0.1:5000/shop:1 or shop@sha256:<64 hex digits>"},
          {"app: a\nservices:\n  web:\n    replicas: 1\n",
           "3: services.web.image: missing: must be an image with a tag or a digest, like "
           "127.0.0.1:5000/shop:1 or shop@sha256:<64 hex digits>"},
      });
}

TEST(ServiceSpec, command_and_args_are_lists) {
  expect_refusals(
      web,
      {
          {"command: echo hi",
           R"(6: services.web.command: echo hi: must be a list of strings, like [program, argument], or [sh, -c, "a line for a shell"])"},
          {"args: --port 80",
           R"(6: services.web.args: --port 80: must be a list of strings, like [program, argument], or [sh, -c, "a line for a shell"])"},
          {"command: [sh, [a]]", "6: services.web.command[1]: […]: must be text of at most 131071 bytes"},
          {"args: [null]", "6: services.web.args[0]: null: must be text of at most 131071 bytes"},
          {"command: ['']", R"(6: services.web.command[0]: "": must be the name of a program)"},
          {"command:",
           R"(6: services.web.command: null: must be a list of strings, like [program, argument], or [sh, -c, "a line for a shell"])"},
      });
}

TEST(ServiceSpec, workdir_and_user) {
  expect_refusals(
      web, {
               {"workdir: app", "6: services.web.workdir: app: must be a path that starts with /"},
               {"user: 'a b'", "6: services.web.user: a b: must be uid, uid:gid or a name, like 1000:1000"},
               {"user: -1", "6: services.web.user: -1: must be uid, uid:gid or a name, like 1000:1000"},
               {"user: 1000:staff",
                "6: services.web.user: 1000:staff: must be uid, uid:gid or a name, like 1000:1000"},
               {"user: 4294967295",
                "6: services.web.user: 4294967295: must be uid, uid:gid or a name, like 1000:1000"},
           });
}

TEST(ServiceSpec, env_has_names_and_text_and_leaves_hancock_alone) {
  expect_refusals(
      web,
      {
          {"env: [A=b]",
           "6: services.web.env: […]: must be a map of at most 1000 names and values, like {GREETING: "
           "hello}"},
          {"env: {A: }",
           R"(6: services.web.env.A: null: must be text of at most 131071 bytes, "" for an empty one)"},
          {"env: {A: null}",
           R"(6: services.web.env.A: null: must be text of at most 131071 bytes, "" for an empty one)"},
          {"env: {A: [1]}",
           R"(6: services.web.env.A: […]: must be text of at most 131071 bytes, "" for an empty one)"},
          {"env: {HANCOCK_X: 1}",
           "6: services.web.env.HANCOCK_X: key must be another one: HANCOCK_* is reserved"},
          {"env: {1A: x}", "6: services.web.env.1A: key must be letters, digits, _, - and ., no digit first"},
          {"env: {A: 1, B: 2, A: 3}", "6: services.web.env.A: key written twice, first in line 6"},
          {"env:\n  <<: {A: b}", "7: services.web.env.<<: merges are not supported, write the keys out"},
      });
}

TEST(ServiceSpec, replicas_are_a_whole_number) {
  expect_refusals(web, {
                           {"replicas: -1", "6: services.web.replicas: -1: must be 0..10000"},
                           {"replicas: 10001", "6: services.web.replicas: 10001: must be 0..10000"},
                           {"replicas: 3.0", "6: services.web.replicas: 3.0: must be 0..10000"},
                           {"replicas: many", "6: services.web.replicas: many: must be 0..10000"},
                           {"replicas: 03", "6: services.web.replicas: 03: must be 0..10000"},
                           {"replicas: 0x3", "6: services.web.replicas: 0x3: must be 0..10000"},
                           {"replicas: [3]", "6: services.web.replicas: […]: must be 0..10000"},
                           {"replicas: ''", R"(6: services.web.replicas: "": must be 0..10000)"},
                           {"replicas: 1_000", "6: services.web.replicas: 1_000: must be 0..10000"},
                           {"replicas: null", "6: services.web.replicas: null: must be 0..10000"},
                       });
}

TEST(ServiceSpec, ports_have_a_unique_name_and_a_number) {
  expect_refusals(
      bare_web,
      {
          {"ports: http",
           "5: services.web.ports: http: must be a list of ports, like [{name: http, port: 8080}]"},
          {"ports: {name: http, port: 80}",
           "5: services.web.ports: {…}: must be a list of ports, like [{name: http, port: 8080}]"},
          {"ports: [80]", "5: services.web.ports[0]: 80: must be a map of keys and values"},
          {"ports: [{port: 80}]",
           "5: services.web.ports[0].name: missing: must be a name: [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?"},
          {"ports: [{name: http}]", "5: services.web.ports[0].port: missing: must be 1..65535"},
          {"ports: [{name: http, port: 0}]", "5: services.web.ports[0].port: 0: must be 1..65535"},
          {"ports: [{name: http, port: 65536}]", "5: services.web.ports[0].port: 65536: must be 1..65535"},
          {"ports: [{name: HTTP, port: 80}]",
           "5: services.web.ports[0].name: HTTP: must be a name: [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?"},
          {"ports: [{name: dns, port: 53, protocol: udp}]",
           "5: services.web.ports[0].protocol: udp: not supported yet"},
          {"ports: [{name: dns, port: 53, protocol: sctp}]",
           "5: services.web.ports[0].protocol: sctp: must be tcp"},
          {"ports: [{name: a, port: 1, expose: public}]",
           "5: services.web.ports[0].expose: not supported yet"},
          {"ports: \n- {name: a, port: 1}\n- {name: b, port: 2}\n- {name: a, port: 3}",
           "8: services.web.ports[2].name: a: must be unique: services.web.ports[0] (line 6) has it too"},
          {"ports: [{name: a, prot: 1}]",
           "5: services.web.ports[0].prot: unknown key, did you mean port?\n5: services.web.ports[0].port: "
           "missing: must be 1..65535"},
      });
}

TEST(ServiceSpec, unknown_keys_get_the_nearest_known_one) {
  expect_refusals(
      web, {
               {"replica: 3", "6: services.web.replica: unknown key, did you mean replicas?"},
               {"enviroment: {}", "6: services.web.enviroment: unknown key, did you mean env?"},
               {"healht: 1", "6: services.web.healht: unknown key, did you mean health?"},
               {"xyzzy: 1",
                "6: services.web.xyzzy: unknown key, must be one of the keys image, command, args, workdir, "
                "user, env, replicas, ports, routes, health, probes, resources, placement, update, restart, "
                "disconnect, network, security, secrets, registry_login, logs"},
               {"replicas: 1\nreplicas: 2", "7: services.web.replicas: key written twice, first in line 6"},
               {"image: x:2", "6: services.web.image: key written twice, first in line 4"},
           });
}

TEST(ServiceSpec, what_is_not_built_is_refused) {
  expect_refusals(web,
                  {
                      {"network: {egress: open}", "6: services.web.network: not supported yet"},
                      {"security: {read_only_root: true}", "6: services.web.security: not supported yet"},
                      {"secrets: [{name: a, env: A}]", "6: services.web.secrets: not supported yet"},
                      {"registry_login: hub", "6: services.web.registry_login: not supported yet"},
                      {"logs: {max_size: 1Mi}", "6: services.web.logs: not supported yet"},
                      {"network:", "6: services.web.network: not supported yet"},
                  });
}

}  // namespace
}  // namespace hancock::model
