package lro

import "encoding/json"

// progressFields are the fields of metadata, in all services, that tell the progress. The names
// behind a field are of the services whose discovery documents have it.
type progressFields struct {
	progressTimes
	Common  progressTimes `json:"common"`          // Datastore
	Generic progressTimes `json:"genericMetadata"` // Vertex AI

	Progress    json.RawMessage `json:"progress"`
	Annotations json.RawMessage `json:"annotationProgress"` // Video Intelligence
	Percent     *float64        `json:"progressPercent"`    // Spanner, Speech
	Complete    *float64        `json:"percentComplete"`    // Oracle Database
	Percentage  percentage      `json:"progressPercentage"` // Text-to-Speech, Firestore
	Documents   work            `json:"progressDocuments"`  // Firestore
	Entities    work            `json:"progressEntities"`   // Datastore
	Bytes       work            `json:"progressBytes"`      // both

	Statements       json.RawMessage `json:"statements"` // Spanner, also the next three
	CommitTimes      json.RawMessage `json:"commitTimestamps"`
	Throttled        bool            `json:"throttled"`
	OptimizeDatabase string          `json:"optimizeDatabaseOperationName"`
	OptimizeTable    string          `json:"optimizeTableOperationName"` // Bigtable
}

// progressTimes are the times of an operation.
type progressTimes struct {
	StartTime    string `json:"startTime"`
	CreateTime   string `json:"createTime"`
	RequestTime  string `json:"requestTime"` // Bigtable
	InsertTime   string `json:"insertTime"`  // Compute Engine, Cloud SQL
	EndTime      string `json:"endTime"`
	FinishTime   string `json:"finishTime"`   // Bigtable
	CompleteTime string `json:"completeTime"` // Cloud Build
	DoneTime     string `json:"doneTime"`     // Dataproc
}

// percent is the percentage that stands outside of entries.
func (f progressFields) percent() (percent float64, known bool) {
	for _, given := range []*float64{f.Percent, f.Complete, f.Percentage.number} {
		if given != nil {
			return *given, true
		}
	}
	for _, part := range []work{f.Percentage.work, f.Documents, f.Entities, f.Bytes} {
		if percent, known := part.percent(); known {
			return percent, true
		}
	}
	return 0, false
}

// work is an amount of work: documents, entities or bytes. Proto's JSON writes the numbers as texts,
// and leaves 0 out.
type work struct {
	Estimated  json.Number `json:"estimatedWork"` // Firestore, also the next
	Completed  json.Number `json:"completedWork"`
	Estimated2 json.Number `json:"workEstimated"` // Datastore, also the next
	Completed2 json.Number `json:"workCompleted"`
}

// percent is the part of the work that is done. It is not known without an estimate.
func (w work) percent() (percent float64, known bool) {
	estimated := number(w.Estimated) + number(w.Estimated2)
	if !(estimated > 0) {
		return 0, false
	}
	return 100 * (number(w.Completed) + number(w.Completed2)) / estimated, true
}

// number is a number, 0 for none.
func number(text json.Number) float64 {
	value, err := text.Float64()
	if err != nil {
		return 0
	}
	return value
}

// percentage is a number or, in Firestore, the work that is done.
type percentage struct {
	number *float64
	work   work
}

func (p *percentage) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '{' {
		return json.Unmarshal(raw, &p.work)
	}
	return json.Unmarshal(raw, &p.number)
}

// progressEntry is the progress of the work or of a part of it.
type progressEntry struct {
	Percent   *float64 `json:"progressPercent"` // Spanner
	Done      *float64 `json:"percentDone"`     // Apigee
	Metrics   metrics  `json:"metrics"`         // Kubernetes Engine
	StartTime string   `json:"startTime"`
	EndTime   string   `json:"endTime"`
}

// known reports whether the entry tells how far the work is. Proto leaves a percentage of 0 out.
func (e progressEntry) known() bool {
	_, measured := e.Metrics.percent()
	return e.Percent != nil || e.Done != nil || e.EndTime != "" || measured
}

func (e progressEntry) percent() float64 {
	switch {
	case e.EndTime != "":
		return 100
	case e.Percent != nil:
		return *e.Percent
	case e.Done != nil:
		return *e.Done
	default:
		percent, _ := e.Metrics.percent()
		return percent
	}
}

// metrics are numbers of which some are the part and the whole of the work.
type metrics []struct {
	Name   string      `json:"name"`
	Int    json.Number `json:"intValue"`
	Double float64     `json:"doubleValue"`
}

// shares are the names of a part and of its whole, as the reference of Kubernetes Engine has them
// (OperationProgress.metrics).
var shares = [][2]string{{"progress", "progress scale"}, {"nodes done", "nodes total"}}

func (m metrics) percent() (percent float64, known bool) {
	for _, share := range shares {
		if whole := m.value(share[1]); whole > 0 {
			return 100 * m.value(share[0]) / whole, true
		}
	}
	return 0, false
}

// value is the value of a metric, 0 for none.
func (m metrics) value(name string) float64 {
	for _, metric := range m {
		if metric.Name == name {
			return metric.Double + number(metric.Int)
		}
	}
	return 0
}
