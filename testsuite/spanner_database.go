package testsuite

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

// operationID is what Spanner takes for UpdateDatabaseDdl's operationId.
var operationID = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// createDatabase's metadata holds the database's name and nothing else: what a
// caller can prove by it is as little as with Spanner.
func (s *Service) createDatabase(r request) reply {
	var body struct {
		Create  string   `json:"createStatement"`
		Extra   []string `json:"extraStatements"`
		Dialect string   `json:"databaseDialect"`
	}
	r.decode(&body)
	if databaseID(body.Create) == "" {
		return invalidArgument("createStatement %q is no CREATE DATABASE", body.Create)
	}
	if refusal := s.unusable(instanceOf(r.name)); refusal != nil {
		return *refusal
	}
	if s.find(r.name) != nil {
		return alreadyExists(kindDatabase, r.name)
	}
	op, refusal := s.launch(launch{
		method: r.method, target: r.name,
		metadata: plainMetadata(typeCreateDatabase, map[string]any{"database": r.name}), response: s.asResponse(r.name, kindDatabase),
	})
	if op == nil {
		return refusal
	}
	fields := map[string]any{}
	if body.Dialect != "" {
		fields["databaseDialect"] = body.Dialect
	}
	database := s.put(r.name, fields, op)
	database.changes = []change{{by: op, statements: body.Extra}}
	return s.started(op)
}

// databaseID returns the id in a CREATE DATABASE statement, "" if it is none.
func databaseID(statement string) string {
	words := strings.Fields(statement)
	if len(words) < 3 || !strings.EqualFold(words[0]+" "+words[1], "CREATE DATABASE") {
		return ""
	}
	return strings.Trim(words[2], "`\";")
}

func instanceOf(name string) string {
	segments := strings.SplitN(name, "/", 5)
	return strings.Join(segments[:min(4, len(segments))], "/")
}

// updateDatabase changes what the mask names once its operation has succeeded.
func (s *Service) updateDatabase(r request) reply {
	fields := map[string]any{}
	r.decode(&fields)
	mask := r.args.Get("updateMask")
	if mask == "" {
		return invalidArgument("updateMask is missing")
	}
	metadata := map[string]any{"request": map[string]any{"database": named(fields, r.name), "updateMask": spannerjson.CamelCase(mask)}}
	return s.updateResource(r, kindDatabase, ProgressMetadata(typeUpdateDatabase, metadata), fields, mask)
}

// updateDatabaseDdl takes an operationId, which answers ALREADY_EXISTS for ever
// after, the database dropped and made again included. What has committed when
// the operation fails or is canceled stays.
func (s *Service) updateDatabaseDdl(r request) reply {
	var body struct {
		Statements  []string `json:"statements"`
		OperationID string   `json:"operationId"`
	}
	r.decode(&body)
	if refusal := s.unready(kindDatabase, r.name); refusal != nil {
		return *refusal
	}
	switch {
	case len(body.Statements) == 0:
		return invalidArgument("statements are missing")
	case body.OperationID != "" && !operationID.MatchString(body.OperationID):
		return invalidArgument("operationId %q does not match %s", body.OperationID, operationID)
	}
	op, refusal := s.launch(launch{
		method: r.method, target: r.name, id: body.OperationID,
		metadata: ddlMetadata(r.name, body.Statements...),
	})
	if op == nil {
		return refusal
	}
	database := s.find(r.name)
	database.changes = append(database.changes, change{by: op, statements: body.Statements})
	return s.started(op)
}

func (s *Service) getDatabaseDdl(name string) reply {
	database := s.find(name)
	if database == nil {
		return notFound(kindDatabase.singular, name)
	}
	body := map[string]any{}
	if statements := database.statements(s.clock.Now()); len(statements) > 0 {
		body["statements"] = statements
	}
	return ok(object(body))
}

// restoreDatabase checks what a restore needs: a backup that is ready, and an
// instance that restores no other database.
func (s *Service) restoreDatabase(r request) reply {
	var body struct {
		DatabaseID string `json:"databaseId"`
		Backup     string `json:"backup"`
	}
	r.decode(&body)
	if body.DatabaseID == "" {
		return invalidArgument("databaseId is missing")
	}
	instance := instanceOf(r.name)
	if refusal := cmp.Or(s.unusable(instance), s.unready(kindBackup, body.Backup)); refusal != nil {
		return *refusal
	}
	switch {
	case s.find(r.name) != nil:
		return alreadyExists(kindDatabase, r.name)
	case s.making(instance+"/databases/", restoreDatabase, nil):
		return failedPrecondition("instance %s restores another database", instance)
	}
	return s.restore(r, body.Backup)
}

// restore starts a restore, and at its success the operation that optimizes the
// database; the metadata names that one from then on.
func (s *Service) restore(r request, backup string) reply {
	info := map[string]any{"backup": backup, "sourceDatabase": s.resources[backup].fields["database"]}
	metadata := map[string]any{"name": r.name, "sourceType": "BACKUP", "backupInfo": info}
	var database *resource
	op, refusal := s.launch(launch{
		method: r.method, target: r.name, response: s.asResponse(r.name, kindDatabase),
		metadata: func(at Snapshot) json.RawMessage {
			if database != nil && database.optimize != nil {
				metadata["optimizeDatabaseOperationName"] = database.optimize.name
			}
			return ProgressMetadata(typeRestoreDatabase, metadata)(at)
		},
	})
	if op == nil {
		return refusal
	}
	database = s.put(r.name, map[string]any{"restoreInfo": map[string]any{"sourceType": "BACKUP", "backupInfo": info}}, op)
	op.onSuccess = func(at time.Time) { database.optimize = s.optimize(r.name, at) }
	return s.started(op)
}

// optimize starts the operation that follows a restore; nil if a test has taken
// its name.
func (s *Service) optimize(database string, at time.Time) *operation {
	op, _ := s.launch(launch{
		method: optimizeRestoredDatabase, target: database,
		metadata: ProgressMetadata(typeOptimizeDatabase, map[string]any{"name": database}),
	})
	if op != nil {
		op.startTime = at
	}
	return op
}
