package snippets

// given are the names that blocks may use without declaring them, and their declarations.
var given = map[string]string{
	"backup":             `const backup = "projects/p/instances/orders/backups/nightly"`,
	"c":                  "var c client.Client",
	"customers":          `const customers = "projects/p/instances/orders/databases/customers"`,
	"database":           `const database = "projects/p/instances/orders/databases/orders"`,
	"index":              `const index = "CREATE UNIQUE INDEX by_name ON orders (name)"`,
	"instance":           `const instance = "projects/p/instances/orders"`,
	"provisionCustomers": "var provisionCustomers func(ctx workflow.Context) error",
	"provisionOrders":    "var provisionOrders func(ctx workflow.Context) error",
	"ref":                "var ref lro.Ref",
	"refs":               "var refs []lro.Ref",
	"Provision":          "var Provision func(ctx workflow.Context, name string) (string, error)",
	"saga":               "var saga *workflows.Saga",

	// The function of workflows/changes.go, and an id, that CONTRIBUTING.md shows.
	"changed":    "func changed(ctx workflow.Context, id string) bool { return true }",
	"NextChange": `const NextChange = "awaitop.next"`,

	// The results and steps of any-service.md.
	"AwaitCluster":   "var AwaitCluster func(ctx workflow.Context, operation string) (string, error)",
	"Cluster":        "type Cluster struct{}",
	"Network":        "type Network struct{ SelfLink string }",
	"cluster":        "var cluster func(name string, in struct{ SelfLink string }) workflows.Step[struct{}]",
	"resize":         "var resize func(cache string, gigabytes int) workflows.Step[struct{}]",
	"ledger":         "var ledger func(project string) workflows.Step[spanner.Instance]",
	"network":        "var network func(name string) workflows.Step[struct{ SelfLink string }]",
	"primary":        "var primary func(cluster string) workflows.Step[struct{}]",
	"ProvisionPlane": "var ProvisionPlane func(ctx workflow.Context, project string) error",

	// What a client of cloud.google.com/go has of a method that starts an operation.
	"admin": `var admin interface {
		CreateInstance(ctx context.Context, request any) (interface {
			Name() string
			Wait(ctx context.Context) (any, error)
		}, error)
	}`,
	"databaseAdmin": "var databaseAdmin struct{ LROClient operations.Connected }",
	"request":       "var request any",
	"set":           "var set *descriptorpb.FileDescriptorSet",
	"started":       "var started *longrunningpb.Operation",

	// The wrapper of services.md, the starters of starters.md, and the API in memory of testing.md.
	"memory": `type memory struct {
		env            *testsuite.Env
		shelves        map[string]shelf
		creates, loses int
	}`,
	"shelf":         "type shelf struct{}",
	"shelfStarters": "var shelfStarters func(api any) map[string]starters.Activity",
	"logged":        "type logged struct{ lro.Client }",
	"newCacheAPI":   "var newCacheAPI func(env *testsuite.Env, loses int) http.Handler",
	"newCaches": `var newCaches func(ctx context.Context, client *rest.Client) (interface {
		starter() starters.Starter[redis.Instance]
		remover() starters.Remover
	}, error)`,
}

const project = "github.com/awaitop/awaitop/"

// packages are the packages that blocks may use without importing them, by name.
var packages = map[string]string{
	"activities":   project + "activities",
	"poller":       project + "poller",
	"control":      project + "control",
	"google":       project + "workflows/google",
	"lro":          project + "lro",
	"nexusservice": project + "nexusservice",
	"operations":   project + "services/grpc",
	"rest":         project + "services/rest",
	"spanner":      project + "workflows/spanner",
	"starters":     project + "activities/starters",
	"testsuite":    project + "testsuite",
	"conformance":  project + "testsuite/conformance",
	"worker":       project + "worker",
	"workflows":    project + "workflows",

	"activity":   "go.temporal.io/sdk/activity",
	"client":     "go.temporal.io/sdk/client",
	"errdetails": "google.golang.org/genproto/googleapis/rpc/errdetails",
	"sdkworker":  "go.temporal.io/sdk/worker",
	"googleapi":  "google.golang.org/api/googleapi",
	"protodesc":  "google.golang.org/protobuf/reflect/protodesc",
	"dynamicpb":  "google.golang.org/protobuf/types/dynamicpb",

	"descriptorpb":  "google.golang.org/protobuf/types/descriptorpb",
	"longrunningpb": "cloud.google.com/go/longrunning/autogen/longrunningpb",
	"redis":         "google.golang.org/api/redis/v1",
	"spannerapi":    "google.golang.org/api/spanner/v1",
	"temporal":      "go.temporal.io/sdk/temporal",
	"workflow":      "go.temporal.io/sdk/workflow",

	"context":  "context",
	"http":     "net/http",
	"httptest": "net/http/httptest",
	"strings":  "strings",
	"json":     "encoding/json",
	"path":     "path",
	"errors":   "errors",
	"slices":   "slices",
	"fmt":      "fmt",
	"log":      "log",
	"testing":  "testing",
	"time":     "time",
}
