"""What Django REST Framework 3.14 and Simple JWT 5.2 themselves answer to the requests of the parity table.

Reads the cases as JSON from standard input and writes their answers, in the same order, to standard output. The fields,
lists and paths are those that the table is about, declared as a project of that framework would declare them.
"""

import base64
import json
import re
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="nothing is kept",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "django_filters"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_FILTER_BACKENDS": [
            "django_filters.rest_framework.DjangoFilterBackend",
            "rest_framework.filters.SearchFilter",
            "rest_framework.filters.OrderingFilter",
        ],
    },
    SIMPLE_JWT={"TOKEN_OBTAIN_SERIALIZER": f"{__name__}.ObtainSerializer"},
)
django.setup()

import django_filters  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import authentication, generics, pagination, permissions, serializers  # noqa: E402
from rest_framework.exceptions import AuthenticationFailed  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.authentication import JWTAuthentication  # noqa: E402
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer  # noqa: E402
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView, TokenVerifyView  # noqa: E402

PASSWORD = "a wholly unusual phrase"


class AsTold(authentication.BaseAuthentication):
    """Whoever the table says is calling."""

    def authenticate(self, request):
        return (User.objects.get(username="owner"), None) if "HTTP_X_AS" in request.META else None

    def authenticate_header(self, request):
        return "Api-Key"


class ObtainSerializer(TokenObtainPairSerializer):
    """By e-mail: this project's users have no other name."""

    username_field = "email"

    def validate(self, attrs):
        user = User.objects.filter(email=attrs["email"]).first()
        if user is None or not user.check_password(attrs["password"]):
            raise AuthenticationFailed(self.error_messages["no_active_account"], "no_active_account")
        refresh = self.get_token(user)
        return {"access": str(refresh.access_token), "refresh": str(refresh)}


class Member(models.Model):
    organization = models.ForeignKey(Group, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    name = models.CharField(max_length=50)
    email = models.CharField(max_length=50)
    status = models.CharField(max_length=10, default="active")

    class Meta:
        app_label = "auth"


class Key(models.Model):
    access_level = models.CharField(max_length=12)
    expires_at = models.DateTimeField()
    never_used = models.BooleanField()
    date = models.DateField()

    class Meta:
        app_label = "auth"


class PolicySerializer(serializers.Serializer):
    self_serve_keys = serializers.BooleanField(required=False)
    longest_key_lifetime_days = serializers.IntegerField(required=False, min_value=1, max_value=3650)
    allowed_networks = serializers.ListField(child=serializers.CharField(), required=False)


class OrganizationSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=150)
    policy = PolicySerializer(required=False)


class RotationSerializer(serializers.Serializer):
    grace_seconds = serializers.IntegerField(min_value=0, max_value=2592000)


class ProviderKeySerializer(serializers.Serializer):
    name = serializers.CharField(max_length=100, allow_blank=True)
    enabled = serializers.BooleanField()
    settings = serializers.DictField(child=serializers.CharField())


class IssueSerializer(serializers.Serializer):
    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.all())
    organization = serializers.PrimaryKeyRelatedField(queryset=Group.objects.all(), required=False, allow_null=True)
    access_level = serializers.ChoiceField(choices=["read_only", "full_access"])
    name = serializers.CharField(max_length=100)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    admin = serializers.BooleanField(required=False)
    allowed_networks = serializers.ListField(child=serializers.CharField(), required=False)


class RoleSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=100)
    permissions = serializers.MultipleChoiceField(choices=["member.view", "role.view"])


class LeakSerializer(serializers.Serializer):
    keys = serializers.ListField(child=serializers.CharField(), max_length=100)


class UserSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=150)


class IntrospectionSerializer(serializers.Serializer):
    token = serializers.CharField()
    address = serializers.IPAddressField(required=False)


class Organizations(APIView):
    """A path of one organization, which must be there."""

    authentication_classes: tuple = (AsTold,)
    serializer_class: type = serializers.Serializer
    status = 200

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        generics.get_object_or_404(Group.objects.all(), pk=self.kwargs.get("org", 1))

    def take(self, request, **_):
        """Answers with what was understood of the body."""
        partial = request.method == "PATCH"
        serializer = self.serializer_class(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        understood = serializer.validated_data.items()
        fields = serializer.fields
        shown = {name: value if value is None else fields[name].to_representation(value) for name, value in understood}
        return Response(shown, status=self.status)

    def tell(self, request, **_):
        return Response({})


class Organization(Organizations):
    serializer_class = OrganizationSerializer
    get, patch = Organizations.tell, Organizations.take


class ProviderKeys(Organizations):
    serializer_class = ProviderKeySerializer
    get, patch = Organizations.tell, Organizations.take


class Rotation(Organizations):
    serializer_class, status, post = RotationSerializer, 201, Organizations.take


class Roles(Organizations):
    serializer_class, status, post = RoleSerializer, 201, Organizations.take


class Role(Organizations):
    serializer_class = RoleSerializer
    get, patch, delete = Organizations.tell, Organizations.take, Organizations.tell


class Leaks(Organizations):
    authentication_classes, permission_classes = (), ()
    serializer_class, post = LeakSerializer, Organizations.take


class Introspection(Organizations):
    serializer_class, post = IntrospectionSerializer, Organizations.take


class Users(Organizations):
    serializer_class, status, post = UserSerializer, 201, Organizations.take


class Me(APIView):
    authentication_classes = (JWTAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)

    def get(self, request):
        return Response({})


class Pages(pagination.PageNumberPagination):
    page_size, page_size_query_param, max_page_size = 25, "page_size", 100


class MemberFilters(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=[("active", ""), ("invited", "")])
    user = django_filters.NumberFilter()


class KeyFilters(django_filters.FilterSet):
    expires_before = django_filters.IsoDateTimeFilter(field_name="expires_at", lookup_expr="lt")
    never_used = django_filters.BooleanFilter()
    access_level = django_filters.ChoiceFilter(choices=[("read_only", ""), ("full_access", "")])


class DayFilters(django_filters.FilterSet):
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")


class RowSerializer(serializers.Serializer):
    user = serializers.SerializerMethodField()

    def get_user(self, row):
        return {"name": getattr(row, "name", None)}


class Members(generics.ListAPIView, Organizations):
    queryset = Member.objects.order_by("id")
    serializer_class, pagination_class, filterset_class = RowSerializer, Pages, MemberFilters
    search_fields = ("name", "email")
    ordering_fields = ("id", "name", "email", "status")
    post = Organizations.tell

    def get_queryset(self):
        return super().get_queryset().filter(organization=self.kwargs["org"])


class OneMember(generics.RetrieveAPIView, Organizations):
    queryset, serializer_class = Member.objects.all(), RowSerializer


class Keys(generics.ListAPIView, Organizations):
    queryset = Key.objects.order_by("id")
    pagination_class, filterset_class = Pages, KeyFilters
    serializer_class, status, post = IssueSerializer, 201, Organizations.take


class Days(generics.ListAPIView, Organizations):
    queryset = Key.objects.order_by("id")
    serializer_class, pagination_class, filterset_class = RowSerializer, Pages, DayFilters


urlpatterns = [
    path(route, view.as_view())
    for route, view in {
        "api/auth/token/": TokenObtainPairView,
        "api/auth/token/refresh/": TokenRefreshView,
        "api/auth/token/verify/": TokenVerifyView,
        "api/auth/me/": Me,
        "api/auth/access-keys/report-leak/": Leaks,
        "api/auth/introspect/": Introspection,
        "api/admin/users/": Users,
        "api/admin/access-keys/": Keys,
        "api/admin/access-keys/<pk>/rotate/": Rotation,
        "api/orgs/<org>/": Organization,
        "api/orgs/<org>/members/": Members,
        "api/orgs/<org>/members/<pk>/": OneMember,
        "api/orgs/<org>/roles/": Roles,
        "api/orgs/<org>/roles/<pk>/": Role,
        "api/orgs/<org>/api-keys/<pk>/": ProviderKeys,
        "api/orgs/<org>/api-keys/<pk>/call-summaries/": Days,
    }.items()
]


def set_up():
    """The setting of the table: an organization, a crowd of 30 members of known names, one of 101, and a token pair."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Member)
        editor.create_model(Key)
    Group.objects.create(name="organization")
    crowd, hall = Group.objects.create(name="crowd"), Group.objects.create(name="hall")
    owner = User.objects.create_user("owner", "owner@parity.example", PASSWORD)
    others = [User.objects.create_user(f"member {n}") for n in range(1, 30)]
    for n, user in enumerate([owner, *others]):
        Member.objects.create(organization=crowd, user=user, name=f"Member {n:02}", email=f"m{n:02}@parity.example")
    Member.objects.bulk_create(Member(organization=hall, user=owner, name="", email="") for _ in range(101))
    tokens = ObtainSerializer().validate({"email": owner.email, "password": PASSWORD})
    return {
        "org": "1",
        "crowd": str(crowd.pk),
        "hall": str(hall.pk),
        "user": str(owner.pk),
        "role": "1",
        "key": "1",
        "provider_key": "1",
        "email": owner.email,
        "password": PASSWORD,
        "email_form": owner.email.replace("@", "%40"),
        "password_form": PASSWORD.replace(" ", "+"),
        **tokens,
    }


def answers(cases):
    setting = set_up()
    client = Client(raise_request_exception=False)

    def filled(text):
        return re.sub(r"\{(\w+)\}", lambda name: setting.get(name[1], name[0]), text)

    for case in cases:
        headers = {name.lower(): filled(value) for name, value in case["headers"].items()}
        body = base64.b64decode(case["bytes"]) if "bytes" in case else filled(case.get("text", "")).encode()
        content_type = headers.pop("content-type", "application/json" if body else "")
        meta = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        if case["as"] != "nobody":
            meta["HTTP_X_AS"] = case["as"]
        target = filled(case["path"])
        response = client.generic(case["method"], target, body, content_type=content_type, **meta)
        yield {
            "status": response.status_code,
            "headers": {name.lower(): value for name, value in response.items()},
            "text": response.content.decode(),
            "user": setting["user"],
        }


if __name__ == "__main__":
    json.dump(list(answers(json.load(sys.stdin))), sys.stdout)
