package rest

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cloud.google.com/go/auth"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Defaults of [Options].
const (
	// DefaultMaxBodySize is four times the 4 MB that gRPC clients read.
	// Operations carry their result, and a page of a List carries many.
	DefaultMaxBodySize = 16 << 20
	// DefaultRequestTimeout is generous: reads of an operation take milliseconds, and a reply that
	// has not come by then will not come.
	DefaultRequestTimeout = 30 * time.Second
	// DefaultMaxBytesInFlight has room for two replies of DefaultMaxBodySize at once, while they
	// decode, in a worker of 512 MiB.
	DefaultMaxBytesInFlight = 64 << 20
	// DefaultUserAgent is sent if Options.UserAgent is empty.
	DefaultUserAgent = "awaitop"
)

// ErrorFormat is the value of the system parameter $.xgafv of Google's APIs, which asks for a form
// of error bodies. awaitop reads every form, whatever it asks for.
type ErrorFormat string

// The error formats.
const (
	// ErrorFormatV1 is the older form, whose reasons are in error.errors.
	ErrorFormatV1 ErrorFormat = "1"
	// ErrorFormatV2 is google.rpc.Status with typed details. The default: only
	// it has RetryInfo and ErrorInfo.
	ErrorFormatV2 ErrorFormat = "2"
	// ErrorFormatUnset sends no such parameter, for a service that refuses it.
	ErrorFormatUnset ErrorFormat = "unset"
)

// Options configure a [Client]. The zero value reaches Cloud Spanner with the
// application default credentials.
type Options struct {
	// Services are the services that a Ref can name, and no others. A Service may stand for many:
	// "*.googleapis.com" is every service of package catalog. Default: spanner.googleapis.com alone,
	// at its global endpoint.
	Services []Service
	// AllowedPrefixes are the resources that operations may belong to, such as "projects/p" or
	// "projects/p/instances/i", in every service. They match whole path segments: "projects/p" does
	// not allow "projects/p2". "projects/p" allows Bigtable's "operations/projects/p/operations/o", too.
	// A name without a resource, such as Resource Manager's "operations/cp.123", may be of any project: only
	// the prefix "operations" allows it. A trailing slash changes nothing. Empty allows every name.
	AllowedPrefixes []string

	// Credentials authenticate requests. [cloud.google.com/go/auth/credentials] makes them
	// from a file of a given type and its subpackage impersonate for another account;
	// [cloud.google.com/go/auth/oauth2adapt] adapts a token source of golang.org/x/oauth2.
	// Their scopes are the caller's to choose. The Client caches their tokens. A [Service] may have
	// its own. Default: the application default credentials, with the scopes of [Service].Scopes.
	Credentials *auth.Credentials
	// APIKey authenticates requests in place of Credentials. A [Service] may have its own.
	APIKey string
	// WithoutAuthentication sends no credentials, looks for none, and allows http:// endpoints. It is
	// for an emulator. A [Service] with Credentials or an APIKey of its own still authenticates. With
	// credentials, http:// is allowed to a loopback address only.
	WithoutAuthentication bool
	// UniverseDomain is the domain of the cloud that Credentials must belong to. It takes the place of
	// googleapis.com in the hosts of Services without an Endpoint. Names in a Ref keep theirs.
	// Default: the environment variable GOOGLE_CLOUD_UNIVERSE_DOMAIN, else googleapis.com.
	UniverseDomain string
	// Logger receives the debug records of token requests. Default: none, or standard
	// error if the environment variable GOOGLE_SDK_GO_LOGGING_LEVEL is set.
	Logger *slog.Logger
	// QuotaProject is the project that pays for requests and whose quota they use. A Poller then
	// has one budget for each service. A [Service] may have its own. Default: the credentials' own,
	// unless the service charges the resource's project.
	QuotaProject string
	// UserAgent is the User-Agent header. Default [DefaultUserAgent].
	UserAgent string
	// ErrorFormat is the form of error bodies to ask for. A [Service] may have its own. Default
	// [ErrorFormatV2].
	ErrorFormat ErrorFormat

	// MaxBodySize is the most bytes read of a reply, after decompression, also by generated
	// clients. A longer reply is never cut: it is an error with code OUT_OF_RANGE, which is
	// permanent. Default [DefaultMaxBodySize].
	MaxBodySize int64
	// MaxBytesInFlight is the most bytes of all replies that are read and decoded at once, beyond
	// the first 64 KiB of each. One half is for replies of up to 1 MiB, one half for larger ones.
	// So no reply is larger than a half, whatever MaxBodySize says. If there is no room for a
	// reply, reading it goes on once there is, within RequestTimeout. In memory replies take three
	// to four times as much while they are decoded. Default [DefaultMaxBytesInFlight], at least 4
	// MiB.
	MaxBytesInFlight int64
	// RequestTimeout bounds one HTTP try, from the token to the last byte. Default
	// [DefaultRequestTimeout]. No try begins later than this after the call began. So a call takes
	// at most twice as long, and the time that it waits for a Poller's budget.
	RequestTimeout time.Duration

	// Transport is the transport beneath authentication and telemetry: for a proxy, client
	// certificates or private roots. Default: a transport of the Client's own, as
	// http.DefaultTransport, which honors HTTPS_PROXY. Close does not close a Transport that was
	// set.
	Transport http.RoundTripper
	// Clock measures a call's tries, waits between them, and dates a Retry-After. Default: the
	// machine's.
	Clock poller.Clock
}

// withDefaults returns o with its zero fields set.
func (o Options) withDefaults() Options {
	if len(o.Services) == 0 {
		o.Services = []Service{{Name: lro.SpannerService}}
	}
	o.UserAgent = cmp.Or(o.UserAgent, DefaultUserAgent)
	o.ErrorFormat = cmp.Or(o.ErrorFormat, ErrorFormatV2)
	o.MaxBodySize = cmp.Or(o.MaxBodySize, DefaultMaxBodySize)
	o.MaxBytesInFlight = cmp.Or(o.MaxBytesInFlight, DefaultMaxBytesInFlight)
	o.RequestTimeout = cmp.Or(o.RequestTimeout, DefaultRequestTimeout)
	if o.Clock == nil {
		o.Clock = poller.SystemClock()
	}
	return o
}

// Validate refuses, with an [*lro.InvalidError], what [New] refuses. It looks for no
// credentials.
func (o Options) Validate() error {
	_, err := o.withDefaults().registry()
	return err
}

// Serves reports whether a Client with these options reaches a service.
func (o Options) Serves(service string) bool { return slices.Contains(o.ServiceNames(), service) }

// ServiceNames are the names of the services that a Client with these options reaches, sorted. A
// pattern stands for those of the catalog that fit.
func (o Options) ServiceNames() []string {
	var names []string
	for _, service := range o.withDefaults().Services {
		names = append(names, service.names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Authenticates reports whether a Client with these options sends credentials to a service. It is false
// for a service that the Client does not reach.
func (o Options) Authenticates(service string) bool {
	r, err := o.withDefaults().registry()
	if err != nil {
		return false
	}
	found, reached := r.services[service]
	return reached && !found.access.plain
}

// registry is the registry of valid options with defaults.
func (o Options) registry() (*registry, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	return newRegistry(o)
}

// validate refuses values that cannot be right.
func (o Options) validate() error {
	switch {
	case o.MaxBodySize < 0:
		return &lro.InvalidError{Field: "maxBodySize", Value: strconv.FormatInt(o.MaxBodySize, 10), Want: "a number of bytes, or 0 for the default"}
	case o.MaxBytesInFlight < minBytesInFlight:
		return &lro.InvalidError{Field: "maxBytesInFlight", Value: strconv.FormatInt(o.MaxBytesInFlight, 10), Want: fmt.Sprintf("a number of bytes, %d or more, or 0 for the default", minBytesInFlight)}
	case o.RequestTimeout < 0:
		return &lro.InvalidError{Field: "requestTimeout", Value: o.RequestTimeout.String(), Want: "a positive duration, or 0 for the default"}
	case strings.ContainsFunc(o.UserAgent, unicode.IsControl):
		return &lro.InvalidError{Field: "userAgent", Value: o.UserAgent, Want: "text without control characters"}
	}
	if err := validateRequests("", o.ErrorFormat, o.QuotaProject); err != nil {
		return err
	}
	if err := o.validateUniverse(); err != nil {
		return err
	}
	return validateCredentials("", o.Credentials, o.APIKey, o.WithoutAuthentication)
}
