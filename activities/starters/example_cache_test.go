package starters_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/redis/v1"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

const (
	redisService = "redis.googleapis.com"
	cacheName    = "projects/p/locations/l/instances/orders"
)

// Cache is the request and the result of a step that makes a Memorystore cache.
type Cache struct {
	MemorySizeGb int64  `json:"memorySizeGb,omitempty"`
	Host         string `json:"host,omitempty"`
}

// A starter that calls an API over HTTP, tested through HTTP: the API of the test answers the calls
// of the generated client, and the test environment answers all about operations. The first reply
// is lost, and something fails later. The cache was made once, and is deleted.
func Example_http() {
	exampletest.Run(func(t testing.TB) { // in a test of yours: func TestProvision(t *testing.T)
		env := testsuite.NewEnv(t, testsuite.Options{Service: redisService})
		api := &cacheAPI{env: env, caches: map[string]*redis.Instance{}, loses: 1}
		server := httptest.NewServer(api)
		defer server.Close()
		client, err := rest.New(context.Background(), rest.Options{
			Services: []rest.Service{{Name: redisService, Endpoint: server.URL}}, WithoutAuthentication: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		caches, err := newCaches(context.Background(), client)
		if err != nil {
			t.Fatal(err)
		}
		env.RegisterStarters(map[string]starters.Activity{
			"acme.CreateCache": caches.starter(), "acme.DeleteCache": caches.remover(),
		})
		env.ExecuteWorkflow(func(ctx workflow.Context) error {
			return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
				step := workflows.Step[Cache]{
					Activity: "acme.CreateCache", Undo: "acme.DeleteCache", Target: cacheName, Request: Cache{MemorySizeGb: 1},
				}
				cache, err := workflows.Run(ctx, saga, step)
				if err != nil {
					return err
				}
				return fmt.Errorf("no answer from %s", cache.Host)
			})
		})
		fmt.Println(errors.Unwrap(env.GetWorkflowError()))
		fmt.Printf("caches made: %d, left: %d\n", api.creates, len(api.caches))
		env.AssertNoneRunning(t)
	})
	// Output:
	// no answer from 10.0.0.1
	// caches made: 1, left: 0
}

// cacheAPI answers as redis.googleapis.com does. Its operations and its time are the environment's.
type cacheAPI struct {
	env     *testsuite.Env
	caches  map[string]*redis.Instance
	creates int
	loses   int // replies to creates
}

func (a *cacheAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/v1/")
	switch {
	case strings.Contains(name, "/operations"):
		a.env.Handler().ServeHTTP(w, r)
	case r.Method == http.MethodPost:
		a.create(w, r, name+"/"+r.URL.Query().Get("instanceId"))
	case a.caches[name] == nil:
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error": {"code": 404, "message": "no such cache", "status": "NOT_FOUND"}}`))
	case r.Method == http.MethodDelete:
		delete(a.caches, name)
		a.started(w, name, "delete", testsuite.Script{})
	default:
		_ = json.NewEncoder(w).Encode(a.caches[name])
	}
}

func (a *cacheAPI) create(w http.ResponseWriter, r *http.Request, name string) {
	cache := &redis.Instance{}
	_ = json.NewDecoder(r.Body).Decode(cache)
	cache.Name, cache.Host, cache.State = name, "10.0.0.1", "READY"
	cache.CreateTime = a.env.Now().UTC().Format(time.RFC3339Nano)
	a.caches[name], a.creates = cache, a.creates+1
	a.started(w, name, "create", testsuite.Script{RunsFor: 10 * time.Minute, End: testsuite.Succeed(cache)})
}

// started starts an operation with the metadata that OperationsOn reads, and answers with its name.
func (a *cacheAPI) started(w http.ResponseWriter, target, verb string, script testsuite.Script) {
	script.Metadata = testsuite.ProgressMetadata("google.cloud.redis.v1.OperationMetadata", map[string]any{
		"target": target, "verb": verb, "createTime": a.env.Now().UTC().Format(time.RFC3339Nano),
	})
	ref := a.env.Start(path.Dir(path.Dir(target))+"/operations/"+verb+"1", script)
	if verb == "create" && a.creates <= a.loses {
		panic(http.ErrAbortHandler) // the connection breaks
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"name": ref.Name})
}

// caches has the starter and the remover of docs/starters.md.
type caches struct {
	client *rest.Client
	api    *redis.Service
}

func newCaches(ctx context.Context, client *rest.Client) (*caches, error) {
	options, err := client.Generated(redisService)
	if err != nil {
		return nil, err
	}
	api, err := redis.NewService(ctx, options...)
	return &caches{client, api}, err
}

func (c *caches) starter() starters.Starter[redis.Instance] {
	return starters.Starter[redis.Instance]{
		Service: redisService,
		Check:   c.check,
		Find: func(ctx context.Context, want starters.Want[redis.Instance]) (seen starters.Seen, err error) {
			if seen.Target, err = c.find(ctx, want.Target, want.Key); err != nil {
				return seen, err
			}
			collection := lro.Collection{Service: redisService, Name: path.Dir(path.Dir(want.Target)) + "/operations"}
			seen.Operations, err = starters.OperationsOn(ctx, c.client, collection, want.Target, "create")
			return seen, err
		},
		Start: func(ctx context.Context, want starters.Want[redis.Instance], _ starters.Seen) (lro.Operation, error) {
			cache := want.Request
			cache.Labels = map[string]string{starters.LabelKey: want.Key}
			return c.call(ctx, "CreateInstance", func(ctx context.Context, o ...googleapi.CallOption) (*redis.Operation, error) {
				create := c.api.Projects.Locations.Instances.Create(path.Dir(path.Dir(want.Target)), &cache)
				return create.InstanceId(path.Base(want.Target)).Context(ctx).Do(o...)
			})
		},
	}
}

func (c *caches) remover() starters.Remover {
	return starters.Remover{
		Service: redisService,
		Check:   c.check,
		Find:    c.find,
		Remove: func(ctx context.Context, target string) (lro.Operation, error) {
			return c.call(ctx, "DeleteInstance", func(ctx context.Context, o ...googleapi.CallOption) (*redis.Operation, error) {
				return c.api.Projects.Locations.Instances.Delete(target).Context(ctx).Do(o...)
			})
		},
	}
}

// call makes one try of a call that starts an operation.
func (c *caches) call(
	ctx context.Context, method string, call func(context.Context, ...googleapi.CallOption) (*redis.Operation, error),
) (started lro.Operation, err error) {
	err = c.client.Call(ctx, redisService, method, func(ctx context.Context, o ...googleapi.CallOption) error {
		op, err := call(ctx, o...)
		if err == nil {
			started.Name = op.Name
		}
		return err
	})
	return started, err
}

// find tells whether there is a cache, and whose it is.
func (c *caches) find(ctx context.Context, target, key string) (*starters.Resource, error) {
	var cache *redis.Instance
	err := c.client.Call(ctx, redisService, "GetInstance", func(ctx context.Context, o ...googleapi.CallOption) (err error) {
		cache, err = c.api.Projects.Locations.Instances.Get(target).Context(ctx).Do(o...)
		return err
	})
	if lro.Classify(err) == lro.ClassNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	created, err := time.Parse(time.RFC3339, cache.CreateTime)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(cache)
	return &starters.Resource{
		Owner: starters.OwnerByLabel(cache.Labels, key), CreateTime: created, Creating: cache.State == "CREATING", JSON: raw,
	}, err
}

// check keeps to the worker's allowlist.
func (c *caches) check(field, name string) error { return c.client.Allow(field, redisService, name) }
