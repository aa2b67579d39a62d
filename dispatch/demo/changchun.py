"""What the demo knows about Changchun: tables, no code.

Roads and districts are real, positions are good to a few hundred metres; compounds, house numbers
and prices are made up. Money is in fen, times of day in hours, positions in `(lon, lat)`.
"""

from __future__ import annotations

from typing import NamedTuple

from dispatch.couriers import VehicleType
from dispatch.orders import Zone
from dispatch.plan import Reason


class Neighbourhood(NamedTuple):
    """Compounds thin out from the centre; `spread_m` is their mean distance from it."""

    district: str
    roads: tuple[str, ...]
    lon: float
    lat: float
    spread_m: float
    share: float


NEIGHBOURHOODS = (
    Neighbourhood("朝阳区", ("红旗街", "工农大路", "延安大街"), 125.2962, 43.8662, 900, 12),
    Neighbourhood("朝阳区", ("桂林路", "同志街", "解放大路"), 125.3118, 43.8695, 650, 10),
    Neighbourhood("朝阳区", ("湖西路", "南湖大路", "开运街"), 125.2828, 43.8496, 900, 7),
    Neighbourhood("朝阳区", ("前进大街", "卫星路", "硅谷大街"), 125.2725, 43.8248, 1200, 8),
    Neighbourhood("南关区", ("人民大街", "自由大路", "平治街"), 125.3272, 43.8622, 750, 9),
    Neighbourhood("南关区", ("大经路", "长春大街", "全安街"), 125.3392, 43.8860, 750, 6),
    Neighbourhood("南关区", ("亚泰大街", "南湖大路", "幸福街"), 125.3478, 43.8405, 1050, 8),
    Neighbourhood("南关区", ("人民大街", "前进大街", "南环城路"), 125.3290, 43.8030, 1200, 5),
    Neighbourhood("宽城区", ("人民大街", "芙蓉桥街", "黑水路"), 125.3262, 43.9052, 750, 4),
    Neighbourhood("宽城区", ("凯旋路", "北人民大街", "台北大街"), 125.3135, 43.9300, 1200, 6),
    Neighbourhood("宽城区", ("青年路", "西广大街"), 125.2790, 43.9215, 1050, 3),
    Neighbourhood("二道区", ("吉林大路", "东盛大街", "公平路"), 125.3720, 43.8920, 900, 9),
    Neighbourhood("二道区", ("自由大路", "临河街", "惠工路"), 125.3850, 43.8655, 1050, 7),
    Neighbourhood("二道区", ("洋浦大街", "河东路"), 125.3985, 43.8880, 1050, 4),
    Neighbourhood("绿园区", ("春城大街", "景阳大路", "普阳街"), 125.2660, 43.8830, 950, 8),
    Neighbourhood("绿园区", ("西安大路", "正阳街"), 125.2548, 43.8935, 950, 4),
    Neighbourhood("净月区", ("净月大街", "博硕路", "福祉大路"), 125.4105, 43.8040, 1200, 6),
    Neighbourhood("净月区", ("生态大街", "飞虹路"), 125.3868, 43.8122, 1050, 5),
)

COMPOUND_NAMES = ("锦绣", "阳光", "翠湖", "枫林", "紫荆", "明珠", "和顺", "丰泽", "天茂", "春华")
COMPOUND_KINDS = ("花园", "家园", "小区", "名苑", "公寓", "新村", "雅居")


class DepotSite(NamedTuple):
    """A depot; `ebikes` and `vans` are its shares of the couriers."""

    id: str
    address: str
    lon: float
    lat: float
    loading_min: int
    ebikes: int
    vans: int


FRESH_WAREHOUSE = "fresh-nanguan"

DEPOTS = (
    DepotSite("store-chaoyang", "朝阳区湖西路 朝阳前置仓", 125.2895, 43.8585, 8, 5, 2),
    DepotSite("store-erdao", "二道区东盛大街 二道前置仓", 125.3705, 43.8795, 8, 4, 2),
    DepotSite(FRESH_WAREHOUSE, "南关区幸福街 南关生鲜仓", 125.3530, 43.8290, 12, 1, 3),
)

VEHICLE_TYPES = (
    VehicleType(
        id="ebike",
        capacity={"weight_g": 70_000, "volume_ml": 190_000, "crates": 10},
        zones=frozenset({Zone.AMBIENT, Zone.CHILLED}),
        speed_factor=0.7,
        cost_per_use=800,
        cost_per_km=15,
        cost_per_hour=2_600,
        max_route_s=4 * 3600,
    ),
    VehicleType(
        id="reefer",
        capacity={"weight_g": 800_000, "volume_ml": 4_000_000, "crates": 60},
        zones=frozenset(Zone),
        cost_per_use=5_000,
        cost_per_km=110,
        cost_per_hour=3_200,
        max_route_s=6 * 3600,
    ),
    VehicleType(
        id="van",
        capacity={"weight_g": 700_000, "volume_ml": 4_500_000, "crates": 64},
        zones=frozenset({Zone.AMBIENT}),
        cost_per_use=4_000,
        cost_per_km=80,
        cost_per_hour=3_000,
        max_route_s=6 * 3600,
    ),
    VehicleType(
        id="truck",
        capacity={"weight_g": 1_500_000, "volume_ml": 9_000_000, "crates": 120},
        zones=frozenset({Zone.AMBIENT}),
        speed_factor=0.9,
        cost_per_use=8_000,
        cost_per_km=130,
        cost_per_hour=3_600,
        max_route_s=7 * 3600,
    ),
)
"""电动车 with an insulated box, 冷藏车, 厢式面包车, 厢式货车."""

COURIER_HOMES = (
    ("宽城区北人民大街", 125.3221, 43.9418),
    ("绿园区景阳大路", 125.2490, 43.8790),
    ("净月区博硕路", 125.4172, 43.8075),
)
"""Where the first e-bike couriers of each wave live, instead of starting at the depot."""


class Goods(NamedTuple):
    """What a basket is made of; weight is drawn from the range, volume follows from it."""

    category: str
    zone: Zone
    share: float
    weight_kg: tuple[float, float]
    litres_per_kg: float


GOODS = (
    Goods("叶菜", Zone.CHILLED, 17, (1.5, 6.0), 3.6),
    Goods("根茎菜", Zone.AMBIENT, 12, (3.0, 9.0), 1.9),
    Goods("水果", Zone.AMBIENT, 16, (2.5, 9.0), 2.0),
    Goods("鲜肉", Zone.CHILLED, 11, (1.0, 5.0), 1.5),
    Goods("水产", Zone.CHILLED, 6, (1.0, 6.0), 2.2),
    Goods("乳制品", Zone.CHILLED, 10, (2.0, 8.0), 1.4),
    Goods("蛋类", Zone.AMBIENT, 6, (1.0, 3.5), 2.4),
    Goods("豆制品", Zone.CHILLED, 4, (0.8, 3.0), 1.8),
    Goods("冻品", Zone.FROZEN, 10, (1.5, 8.0), 1.9),
    Goods("粮油", Zone.AMBIENT, 8, (8.0, 30.0), 1.2),
)

SLOTS = ((8, 10), (9, 11), (10, 12))
SLOT_SHARES = (0.42, 0.33, 0.25)
TWO_WINDOWS = ((8, 9), (11, 12))
"""For customers who are at home before and after a morning's errand."""


class AwkwardOrder(NamedTuple):
    """An order that this wave can't serve, and the reason that the plan should give."""

    reason: Reason
    address: str
    lon: float
    lat: float
    category: str
    zone: Zone
    crates: int
    weight_kg: int
    litres: int
    hours: tuple[float, float]
    unserved_cost: int
    skills: tuple[str, ...] = ()


AWKWARD_ORDERS = (
    AwkwardOrder(  # more than a reefer takes, less than the ambient truck
        Reason.FITS_NO_VEHICLE, "二道区临河街 锅味火锅城", 125.3872, 43.8671,
        "冻品", Zone.FROZEN, 72, 860, 4_600, (8, 12), 160_000, ("heavy_lift",),
    ),
    AwkwardOrder(  # only reefers carry frozen goods, and no reefer's driver climbs stairs
        Reason.NO_COURIER_QUALIFIED, "宽城区凯旋路 丰泽新村 7栋3单元", 125.3101, 43.9287,
        "冻品", Zone.FROZEN, 1, 4, 8, (9, 11), 12_000, ("stairs",),
    ),
    AwkwardOrder(  # two hours on the road, due an hour and a half after the release
        Reason.UNREACHABLE_IN_TIME, "双阳区西双阳大街 和顺家园 2栋1单元", 125.6640, 43.5250,
        "叶菜", Zone.CHILLED, 1, 5, 15, (8, 8.5), 12_000,
    ),
    AwkwardOrder(  # two that only the one truck can carry, and not both
        Reason.NO_ROOM_IN_PLAN, "绿园区西安大路 社区团购站", 125.2561, 43.8921,
        "粮油", Zone.AMBIENT, 80, 900, 5_400, (8, 12), 180_000, ("heavy_lift",),
    ),
    AwkwardOrder(
        Reason.NO_ROOM_IN_PLAN, "南关区亚泰大街 社区团购站", 125.3469, 43.8421,
        "粮油", Zone.AMBIENT, 84, 940, 5_700, (8, 12), 140_000, ("heavy_lift",),
    ),
    AwkwardOrder(  # far out, and cheap to refuse
        Reason.CHEAPER_UNSERVED, "九台区龙嘉镇 龙嘉机场货运站", 125.6902, 43.9990,
        "水果", Zone.AMBIENT, 1, 6, 12, (9, 12), 900,
    ),
    AwkwardOrder(
        Reason.CHEAPER_UNSERVED, "双阳区奢岭街道 翠湖名苑 5栋1单元", 125.5350, 43.6930,
        "乳制品", Zone.CHILLED, 1, 4, 6, (9, 12), 700,
    ),
)  # fmt: skip
"""The last reason shows twice; of the two orders for the truck, one is served."""
