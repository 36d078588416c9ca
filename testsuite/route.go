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

// route is one of Spanner's methods: the form of its URL, and for a create the place
// of the new id.
type route struct {
	verb    string // HTTP's
	pattern string // "*" is any one segment, "*:verb" one with that end
	method  Method
	id      func(args url.Values, body []byte) string
}

var routes = []route{
	{"POST", "projects/*/instances", createInstance, bodyField("instanceId")},
	{"GET", "projects/*/instances", listInstances, nil},
	{"GET", "projects/*/instances/*", getInstance, nil},
	{"PATCH", "projects/*/instances/*", updateInstance, nil},
	{"DELETE", "projects/*/instances/*", deleteInstance, nil},
	{"POST", "projects/*/instances/*:move", moveInstance, nil},
	{"POST", "projects/*/instanceConfigs", createInstanceConfig, bodyField("instanceConfigId")},
	{"GET", "projects/*/instanceConfigs", listInstanceConfigs, nil},
	{"GET", "projects/*/instanceConfigs/*", getInstanceConfig, nil},
	{"PATCH", "projects/*/instanceConfigs/*", updateInstanceConfig, nil},
	{"DELETE", "projects/*/instanceConfigs/*", deleteInstanceConfig, nil},
	{"POST", "projects/*/instances/*/instancePartitions", createInstancePartition, bodyField("instancePartitionId")},
	{"GET", "projects/*/instances/*/instancePartitions", listInstancePartitions, nil},
	{"GET", "projects/*/instances/*/instancePartitions/*", getInstancePartition, nil},
	{"PATCH", "projects/*/instances/*/instancePartitions/*", updateInstancePartition, nil},
	{"DELETE", "projects/*/instances/*/instancePartitions/*", deleteInstancePartition, nil},
	{"POST", "projects/*/instances/*/databases/*:changequorum", changeQuorum, nil},
	{"POST", "projects/*/instances/*/databases", createDatabase, createdDatabase},
	{"POST", "projects/*/instances/*/databases:restore", restoreDatabase, bodyField("databaseId")},
	{"GET", "projects/*/instances/*/databases", listDatabases, nil},
	{"GET", "projects/*/instances/*/databases/*", getDatabase, nil},
	{"PATCH", "projects/*/instances/*/databases/*", updateDatabase, nil},
	{"DELETE", "projects/*/instances/*/databases/*", dropDatabase, nil},
	{"GET", "projects/*/instances/*/databases/*/ddl", getDatabaseDdl, nil},
	{"PATCH", "projects/*/instances/*/databases/*/ddl", updateDatabaseDdl, nil},
	{"POST", "projects/*/instances/*/backups", createBackup, queryBackup},
	{"POST", "projects/*/instances/*/backups:copy", copyBackup, bodyField("backupId")},
	{"GET", "projects/*/instances/*/backups", listBackups, nil},
	{"GET", "projects/*/instances/*/backups/*", getBackup, nil},
	{"PATCH", "projects/*/instances/*/backups/*", updateBackup, nil},
	{"DELETE", "projects/*/instances/*/backups/*", deleteBackup, nil},
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
	if s.options.OwnForm {
		if own := s.ownRequest(r); own.method != unknown {
			own.body = body
			return own, nil
		}
	}
	if start, ok := s.table().request(r.Method, strings.TrimPrefix(r.URL.Path, "/"), r.URL.Query(), body); ok {
		return start, nil
	}
	if s.options.OwnForm {
		return request{method: unknown, name: strings.TrimPrefix(r.URL.Path, "/"), body: body}, nil
	}
	args := url.Values{}
	for name, values := range r.URL.Query() {
		args[spannerjson.CamelCase(name)] = values
	}
	name := apiVersion.ReplaceAllString(r.URL.Path, "")
	if name == r.URL.Path {
		return request{method: unknown, name: name}, nil
	}
	if method, operation := s.operationMethod(r.Method, name); method != unknown {
		return request{method: method, name: operation, args: args, body: body}, nil
	}
	if !s.table().hasSpanners() {
		return request{method: unknown, name: name, args: args, body: body}, nil
	}
	return resourceRequest(r.Method, name, args, body), nil
}

// operationMethod reads the uniform mapping of google.longrunning.Operations.
// Any service's operation is found by its name, which need not have a segment
// "operations".
func (s *Service) operationMethod(verb, name string) (Method, string) {
	canceled, isCancel := strings.CutSuffix(name, ":cancel")
	waited, isWait := cutWait(name)
	parent, last := splitLast(name)
	_, aggregate := aggregates[last]
	switch {
	case verb == http.MethodPost && isCancel:
		return MethodCancel, canceled
	case verb == http.MethodPost && isWait && s.options.Waits:
		return MethodWait, waited
	case verb == http.MethodGet && (aggregate || last == "operations"):
		return MethodList, name
	case !strings.HasSuffix(parent, "operations/") && !s.hasOperation(name):
		return unknown, ""
	case verb == http.MethodGet:
		return MethodGet, name
	case verb == http.MethodDelete:
		return MethodDelete, name
	default:
		return unknown, ""
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
	return request{method: unknown, name: name}
}

// resourceIn is the resource of a path. Of a create without an id it is the
// collection, of a schema the database.
func resourceIn(r route, name string) string {
	if r.method == getDatabaseDdl || r.method == updateDatabaseDdl {
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
