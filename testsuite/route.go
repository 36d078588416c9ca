package testsuite

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

// route is one of Spanner's own methods: how its URL looks, and where a create
// names what it makes.
type route struct {
	verb    string // HTTP's
	pattern string // "*" is any one segment, "*:verb" one with that end
	method  Method
	id      func(args url.Values, body []byte) string
}

var routes = []route{
	{"POST", "projects/*/instances", MethodCreateInstance, bodyField("instanceId")},
	{"GET", "projects/*/instances", MethodListInstances, nil},
	{"GET", "projects/*/instances/*", MethodGetInstance, nil},
	{"PATCH", "projects/*/instances/*", MethodUpdateInstance, nil},
	{"DELETE", "projects/*/instances/*", MethodDeleteInstance, nil},
	{"POST", "projects/*/instances/*:move", MethodMoveInstance, nil},
	{"POST", "projects/*/instanceConfigs", MethodCreateInstanceConfig, bodyField("instanceConfigId")},
	{"GET", "projects/*/instanceConfigs", MethodListInstanceConfigs, nil},
	{"GET", "projects/*/instanceConfigs/*", MethodGetInstanceConfig, nil},
	{"PATCH", "projects/*/instanceConfigs/*", MethodUpdateInstanceConfig, nil},
	{"DELETE", "projects/*/instanceConfigs/*", MethodDeleteInstanceConfig, nil},
	{"POST", "projects/*/instances/*/instancePartitions", MethodCreateInstancePartition, bodyField("instancePartitionId")},
	{"GET", "projects/*/instances/*/instancePartitions", MethodListInstancePartitions, nil},
	{"GET", "projects/*/instances/*/instancePartitions/*", MethodGetInstancePartition, nil},
	{"PATCH", "projects/*/instances/*/instancePartitions/*", MethodUpdateInstancePartition, nil},
	{"DELETE", "projects/*/instances/*/instancePartitions/*", MethodDeleteInstancePartition, nil},
	{"POST", "projects/*/instances/*/databases/*:changequorum", MethodChangeQuorum, nil},
	{"POST", "projects/*/instances/*/databases", MethodCreateDatabase, createdDatabase},
	{"POST", "projects/*/instances/*/databases:restore", MethodRestoreDatabase, bodyField("databaseId")},
	{"GET", "projects/*/instances/*/databases", MethodListDatabases, nil},
	{"GET", "projects/*/instances/*/databases/*", MethodGetDatabase, nil},
	{"PATCH", "projects/*/instances/*/databases/*", MethodUpdateDatabase, nil},
	{"DELETE", "projects/*/instances/*/databases/*", MethodDropDatabase, nil},
	{"GET", "projects/*/instances/*/databases/*/ddl", MethodGetDatabaseDdl, nil},
	{"PATCH", "projects/*/instances/*/databases/*/ddl", MethodUpdateDatabaseDdl, nil},
	{"POST", "projects/*/instances/*/backups", MethodCreateBackup, queryBackup},
	{"POST", "projects/*/instances/*/backups:copy", MethodCopyBackup, bodyField("backupId")},
	{"GET", "projects/*/instances/*/backups", MethodListBackups, nil},
	{"GET", "projects/*/instances/*/backups/*", MethodGetBackup, nil},
	{"PATCH", "projects/*/instances/*/backups/*", MethodUpdateBackup, nil},
	{"DELETE", "projects/*/instances/*/backups/*", MethodDeleteBackup, nil},
}

func bodyField(name string) func(url.Values, []byte) string {
	return func(_ url.Values, body []byte) string {
		var fields map[string]any
		if json.Unmarshal(body, &fields) != nil {
			return ""
		}
		for field, value := range fields {
			if id, isText := value.(string); isText && spannerjson.CamelCase(field) == name {
				return id
			}
		}
		return ""
	}
}

func createdDatabase(args url.Values, body []byte) string {
	return databaseID(bodyField("createStatement")(args, body))
}

func queryBackup(args url.Values, _ []byte) string { return args.Get("backupId") }

// apiVersion is the first segment of every path.
var apiVersion = regexp.MustCompile(`^/v[0-9][a-z0-9]*/`)

// maxBody bounds a request's body; Google's front ends take 10 MiB of JSON.
const maxBody = 10 << 20

// routed reads an HTTP request as a call of the service. The error is that of
// reading its body.
func (s *Service) routed(r *http.Request) (request, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return request{}, err
	}
	args := url.Values{}
	for name, values := range r.URL.Query() {
		args[spannerjson.CamelCase(name)] = values
	}
	name := apiVersion.ReplaceAllString(r.URL.Path, "")
	if name == r.URL.Path {
		return request{method: MethodUnknown, name: name}, nil
	}
	if method, operation := s.operationMethod(r.Method, name); method != MethodUnknown {
		return request{method: method, name: operation, args: args}, nil
	}
	return resourceRequest(r.Method, name, args, body), nil
}

// operationMethod reads the uniform mapping of google.longrunning.Operations.
// Any service's operation is found by its name, which need not have a segment
// "operations".
func (s *Service) operationMethod(verb, name string) (Method, string) {
	canceled, isCancel := strings.CutSuffix(name, ":cancel")
	parent, last := splitLast(name)
	_, aggregate := aggregates[last]
	switch {
	case verb == http.MethodPost && isCancel:
		return MethodCancel, canceled
	case verb == http.MethodGet && (aggregate || last == "operations"):
		return MethodList, name
	case !strings.HasSuffix(parent, "operations/") && !s.hasOperation(name):
		return MethodUnknown, ""
	case verb == http.MethodGet:
		return MethodGet, name
	case verb == http.MethodDelete:
		return MethodDelete, name
	default:
		return MethodUnknown, ""
	}
}

func (s *Service) hasOperation(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.operations[name] != nil
}

func resourceRequest(verb, name string, args url.Values, body []byte) request {
	for _, route := range routes {
		if route.verb != verb || !matches(route.pattern, name) {
			continue
		}
		if route.id != nil {
			parent, last := splitLast(name)
			collection, _, _ := strings.Cut(last, ":")
			name = parent + collection + "/" + route.id(args, body)
		}
		return request{method: route.method, name: resourceIn(route, name), args: args, body: body}
	}
	return request{method: MethodUnknown, name: name}
}

// resourceIn is the resource a path is about: a create without an id is about
// the collection, and a schema belongs to its database.
func resourceIn(r route, name string) string {
	if r.method == MethodGetDatabaseDdl || r.method == MethodUpdateDatabaseDdl {
		name = strings.TrimSuffix(name, "/ddl")
	}
	if _, verb, custom := strings.Cut(r.pattern, "*:"); custom {
		name = strings.TrimSuffix(name, ":"+verb)
	}
	return strings.TrimSuffix(name, "/")
}

func matches(pattern, name string) bool {
	wanted, segments := strings.Split(pattern, "/"), strings.Split(name, "/")
	if len(wanted) != len(segments) {
		return false
	}
	for i, segment := range segments {
		end, any := strings.CutPrefix(wanted[i], "*")
		if segment == "" || !any && wanted[i] != segment || !strings.HasSuffix(segment, end) {
			return false
		}
	}
	return true
}
